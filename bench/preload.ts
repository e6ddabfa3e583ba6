import { readFileSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import type { Answer, Question } from './question.js';

// Loaded into each server before it starts (`node --import`): answers what only the process itself can tell.

let profiler: Session | undefined;

async function answer(question: Question): Promise<Answer> {
  switch (question.ask) {
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      return { cpu: user + system };
    }
    case 'memory': {
      // What a collection would give back is not held. Twice: the first may only queue what finalizers free.
      gc?.();
      gc?.();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { memory: { rss, anonymous: anonymous() ?? rss, heap: heapUsed + external } };
    }
    case 'time-travel': {
      const now = Date.now;
      Date.now = () => now() + question.milliseconds;
      return {};
    }
    case 'profile': {
      profiler = new Session();
      profiler.connect();
      await profiler.post('Profiler.enable');
      await profiler.post('Profiler.setSamplingInterval', { interval: 250 });
      await profiler.post('Profiler.start');
      return {};
    }
    case 'profile-end': {
      const stopped = await profiler?.post('Profiler.stop');
      profiler?.disconnect();
      writeFileSync(question.file, JSON.stringify(stopped?.profile));
      return {};
    }
  }
}

/** Resident bytes that are not a mapped file: LMDB maps its whole folder. Linux alone tells. */
function anonymous(): number | undefined {
  try {
    const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
  } catch {
    return undefined;
  }
}

process.on('message', (question: Question) => void answer(question).then((told) => process.send?.(told)));
// No server outlives a bench that was killed.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// And no channel keeps a server from ending.
process.channel?.unref();
