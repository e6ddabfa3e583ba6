import type { Session, SessionPage } from '../../src/sessions/session.js';

/** All sessions of a list, page by page, as a client gets them. */
export async function walk(page: (after?: string) => Promise<SessionPage>): Promise<Session[]> {
  const all: Session[] = [];
  for (let { sessions, next } = await page(); ; { sessions, next } = await page(next)) {
    all.push(...sessions);
    if (next === undefined) return all;
  }
}

export async function walkTokens(page: (after?: string) => Promise<SessionPage>): Promise<string[]> {
  return (await walk(page)).map(({ token }) => token);
}
