import type { TracedStatement } from '../scylla/statement-trace.js';
import { maskToken } from '../sessions/session.js';
import type { SessionStore } from '../sessions/session-store.js';

const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi;

/** The statements behind a page, for its panel. */
export interface CqlPanel {
  imitated: boolean;
  table: string;
  runs: StatementRun[];
}

/** A statement, or several of the same text in a row, of which the first one's values are shown. */
interface StatementRun {
  cql: string;
  values: string[];
  /** Of the slowest, since those of one run may have been under way together. */
  milliseconds: string;
  /** How many, where there is more than one. */
  times?: number;
}

/** @param masked whether the reader must not see live tokens, not even as a statement's values */
export function toCqlPanel(store: SessionStore, statements: TracedStatement[], masked: boolean): CqlPanel {
  const runs: TracedStatement[][] = [];
  for (const statement of statements) {
    const run = runs.at(-1);
    if (run?.[0]?.cql === statement.cql) run.push(statement);
    else runs.push([statement]);
  }
  return {
    imitated: store.imitatesCql,
    table: store.tableDefinition,
    runs: runs.map((run) => ({
      cql: run[0]?.cql ?? '',
      values: (run[0]?.values ?? []).map((value) => (masked ? value.replace(UUID, maskToken) : value)),
      milliseconds: Math.max(...run.map(({ milliseconds }) => milliseconds)).toFixed(2),
      times: run.length > 1 ? run.length : undefined,
    })),
  };
}
