import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';

/** A statement that was sent, for a person to read. */
export interface TracedStatement {
  cql: string;
  /** What was bound, in the statement's order; long text is cut. */
  values: string[];
  milliseconds: number;
}

const LONGEST_VALUE = 40;
/** A page that reads many rows need not show every one of its statements. */
const MOST_STATEMENTS = 200;

const traces = new AsyncLocalStorage<TracedStatement[]>();

/** Runs `action`, and tells beside its result which statements it caused. */
export async function traceStatements<T>(
  action: () => Promise<T>,
): Promise<{ result: T; statements: TracedStatement[] }> {
  const statements: TracedStatement[] = [];
  return { result: await traces.run(statements, action), statements };
}

/** Notes a statement, if anybody wants to know; `started` is when it was sent, by `performance.now()`. */
export function noteStatement(cql: string, values: unknown[], started: number): void {
  const statements = traces.getStore();
  if (!statements || statements.length >= MOST_STATEMENTS) return;
  statements.push({ cql, values: values.map(toText), milliseconds: performance.now() - started });
}

function toText(value: unknown): string {
  if (value === undefined) return '(unset)';
  if (typeof value === 'bigint') return String(value);
  const text =
    typeof value === 'string' ? value : value instanceof Date ? value.toISOString() : inspect(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}
