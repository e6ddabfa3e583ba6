import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { onTeardown } from './teardown.js';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Finished {
  /** Null if a signal ended it. */
  code: number | null;
  output: string;
}

/** A process of the built service, in an environment of its own and away from any `.env`. */
export class ServiceProcess {
  output = '';
  readonly finished: Promise<Finished>;
  private readonly child: ChildProcess;

  constructor(script: 'main.js' | 'seed.js', variables: Record<string, string>, parameters: string[] = []) {
    this.child = spawn(process.execPath, [join(ROOT, 'dist', script), ...parameters], {
      env: { PATH: process.env.PATH, ...variables },
      cwd: join(ROOT, 'test'),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.finished = new Promise((resolve) =>
      this.child.once('close', (code) => resolve({ code, output: this.output })),
    );
    onTeardown(() => this.kill('SIGKILL'));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  kill(signal: NodeJS.Signals): Promise<Finished> {
    this.child.kill(signal);
    return this.finished;
  }

  /** Resolves with the base URL once the service listens. */
  async listening(): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const origin = /http:\/\/[\d.:]+/.exec(this.output)?.[0];
        if (origin) resolve(origin);
      };
      this.child.stdout?.on('data', look);
      look();
      void this.finished.then(({ output }) => reject(new Error(`it ended before it listened: ${output}`)));
    });
  }
}
