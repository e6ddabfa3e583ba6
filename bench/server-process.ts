import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SCRATCH } from './folders.js';
import { onExit } from './on-exit.js';
import type { Answer, Memory, Question } from './question.js';

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'preload.js')).href;
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;

/** A server of the bench's own, with the preload in it and nothing of this shell's environment. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly origin: string,
  ) {}

  /**
   * Starts a script and waits for the line that tells its address.
   * @throws Error with what it printed if it ends before, or takes longer than a minute
   */
  static async start(script: string, variables: Record<string, string>): Promise<ServerProcess> {
    const child = spawn(process.execPath, ['--expose-gc', '--import', PRELOAD, script], {
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...variables },
      cwd: SCRATCH,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    onExit(() => child.kill('SIGKILL'));
    const origin = await new Promise<string>((resolve, reject) => {
      let output = '';
      const fail = (why: string) => reject(new Error(`${script} ${why}: ${output}`));
      const timer = setTimeout(() => fail('does not start'), START_WITHIN_MS);
      const look = (text: string) => {
        if (output.length < 10_000) output += text;
        const found = /http:\/\/[\d.]+:\d+/.exec(output)?.[0];
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      };
      child.stdout?.setEncoding('utf8').on('data', look);
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.once('close', () => fail('ended before it listened'));
    });
    child.stderr?.pipe(process.stderr);
    return new ServerProcess(child, origin);
  }

  /** Microseconds of CPU that the process has used so far. */
  async cpu(): Promise<number> {
    return (await this.ask({ ask: 'cpu' })).cpu ?? NaN;
  }

  async memory(): Promise<Memory> {
    const { memory } = await this.ask({ ask: 'memory' });
    if (!memory) throw new Error('no answer about memory');
    return memory;
  }

  /** One question at a time. */
  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const gone = () => reject(new Error(`the server at ${this.origin} is gone`));
      this.child.once('close', gone);
      this.child.once('message', (answer: Answer) => {
        this.child.off('close', gone);
        resolve(answer);
      });
      this.child.send(question);
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_WITHIN_MS);
    this.child.kill('SIGTERM');
    await closed;
    clearTimeout(timer);
  }
}
