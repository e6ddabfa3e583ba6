import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { traceStatements } from '../scylla/statement-trace.js';
import type { TracedStatement } from '../scylla/statement-trace.js';
import { refuseToTellTokens } from '../sessions/list-sessions.dto.js';
import type { Session } from '../sessions/session.js';
import { SessionStore } from '../sessions/session-store.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { toCard } from './card.js';
import type { Card } from './card.js';
import { toCqlPanel } from './cql-panel.js';
import type { CqlPanel } from './cql-panel.js';
import { toChart, toGlance } from './glance.js';
import type { Chart, Glance } from './glance.js';
import { SORTS, toQueryString } from './view-query.dto.js';
import type { Sort, ViewQueryDto } from './view-query.dto.js';

/** What every part that refreshes itself has. */
interface Live {
  /** Where it comes from. */
  refresh: string;
  /** Changes with whatever is rendered, other than the seconds that the page counts itself (hx-ptag). */
  tag: string;
  cql?: CqlPanel;
}

/** Who looks, and why. */
interface Viewing {
  /** The statements of the action that the page is the answer to. */
  earlier?: TracedStatement[];
  /** Whether the reader may change sessions, and so see live tokens. */
  mayWrite?: boolean;
}

interface ListView extends Live {
  cards: Card[];
  glance: Glance;
  chart: Chart;
  first?: string;
  next?: string;
}

interface SessionView extends Live {
  /** Absent once the session is gone. */
  card?: Card;
  createdAt?: string;
  expiresAt?: string;
  ttlAsked?: number | null;
}

/** Reads what a page shows, and notes the statements that this takes. */
@Injectable()
export class VaultView {
  constructor(
    private readonly sessions: SessionsService,
    private readonly store: SessionStore,
    private readonly environment: Environment,
  ) {}

  async list(query: ViewQueryDto, { earlier = [], mayWrite = true }: Viewing = {}): Promise<ListView> {
    refuseToTellTokens(query, mayWrite);
    const { user_name, limit, cursor, sort } = query;
    const { result, statements } = await traceStatements(() =>
      user_name === undefined
        ? this.sessions.list(limit, cursor)
        : this.sessions.listByUser(user_name, limit, cursor),
    );
    const sessions = result.sessions.toSorted(ORDERS[sort]);
    const glance = toGlance(sessions, result.next !== undefined);
    const chart = toChart(sessions);
    const view = toQueryString(query);
    return {
      cards: sessions.map((session) => this.card(session, view, mayWrite)),
      glance,
      chart,
      first: cursor && `/${toQueryString(query, { cursor: undefined })}`,
      next:
        result.next && (mayWrite || user_name === undefined)
          ? `/${toQueryString(query, { cursor: result.next })}`
          : undefined,
      refresh: `/ui/sessions${view}`,
      tag: tagOf([view, mayWrite, sessions.map(lasting), result.next, glance, chart.summary]),
      cql: this.panel([...earlier, ...statements], mayWrite),
    };
  }

  async session(
    token: string,
    query: ViewQueryDto,
    { earlier = [], mayWrite = true }: Viewing = {},
  ): Promise<SessionView> {
    const { result: session, statements } = await traceStatements(() => this.sessions.find(token));
    return {
      ...(session && {
        card: this.card(session, toQueryString(query, { from: 'session' }), mayWrite),
        createdAt: session.createdAt?.toISOString(),
        expiresAt: session.expiresAt?.toISOString(),
        ttlAsked: session.ttlSeconds,
      }),
      refresh: `/ui/sessions/${token}${toQueryString(query)}`,
      tag: tagOf(session && [mayWrite, lasting(session)]),
      cql: this.panel([...earlier, ...statements], mayWrite),
    };
  }

  /** What surrounds the list: filter, sort and the links between them. */
  controls(query: ViewQueryDto): object {
    return {
      userName: query.user_name,
      limit: query.limit === 100 ? undefined : query.limit,
      sort: query.sort === 'time-left' ? undefined : query.sort,
      sorts: SORTS.map((sort) => ({
        label: LABELS[sort],
        href: `/${toQueryString(query, { sort })}`,
        current: sort === query.sort,
      })),
      everybody: `/${toQueryString(query, { user_name: undefined, cursor: undefined })}`,
      revokeAll: `/ui/sessions/revoke-all${toQueryString(query, { cursor: undefined })}`,
      here: `/${toQueryString(query)}`,
      view: toQueryString(query),
    };
  }

  private card(session: Session, view: string, mayWrite: boolean): Card {
    return toCard(session, { view, mayWrite, showCql: this.environment.showCql });
  }

  private panel(statements: TracedStatement[], mayWrite: boolean): CqlPanel | undefined {
    return this.environment.showCql ? toCqlPanel(this.store, statements, !mayWrite) : undefined;
  }
}

const LABELS: Record<Sort, string> = { 'time-left': 'Time left', user: 'User', age: 'Age' };

const ORDERS: Record<Sort, (a: Session, b: Session) => number> = {
  'time-left': by(({ expiresAt }) => expiresAt?.getTime() ?? Infinity),
  user: by(({ userName }) => userName?.toLowerCase() ?? '\u{10ffff}'),
  age: by(({ createdAt }) => createdAt?.getTime() ?? Infinity),
};

type Key = number | string;

/** Ascending by a key, and among equals by token, so that no two refreshes differ without a reason. */
function by(key: (session: Session) => Key): (a: Session, b: Session) => number {
  return (a, b) => compare(key(a), key(b)) || compare(a.token, b.token);
}

function compare(a: Key, b: Key): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A session without the one column that changes by itself. */
function lasting({ token, userName, memoryFragment, ttlSeconds, expiresAt }: Session): unknown[] {
  return [token, userName, memoryFragment, ttlSeconds, expiresAt];
}

function tagOf(rendered: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(rendered ?? null))
    .digest('base64url')
    .slice(0, 22);
}
