import { AUTHORIZATION } from './contestants.js';
import type { Contestant } from './contestants.js';
import { say } from './say.js';
import type { StoreName } from './stores.js';
import { Track } from './track.js';
import type { Round, Route } from './track.js';

/** How one server did on one route. */
export interface Measured {
  store: StoreName;
  route: Route;
  server: Contestant['name'];
  rounds: Round[];
}

export interface Amount {
  rounds: number;
  /** Requests of a round on the cheap routes; the list gets a quarter, the delete a half. */
  requests: number;
  warmUp: number;
}

/**
 * Sends each server the same requests, in rounds that take turns: whatever else the machine does meanwhile meets all
 * of them. Sessions are only deleted when all else is measured, so that no server's list steps over their remains.
 */
export async function compare(
  store: StoreName,
  contestants: Contestant[],
  { rounds, requests, warmUp }: Amount,
): Promise<Measured[]> {
  const tracks = contestants.map((contestant) => new Track(contestant));
  const amounts: Record<Route, number> = {
    create: requests,
    get: requests,
    list: requests / 4,
    delete: requests / 2,
  };
  const measured: Measured[] = [];
  for (const routes of [['create', 'get', 'list'], ['delete']] as const) {
    for (const route of routes) {
      if (route === 'list') await skipEndlessLists(tracks);
      for (const track of tracks.filter(({ skipped }) => !skipped.has(route))) {
        await track.run(route, Math.round((warmUp * amounts[route]) / requests));
      }
    }
    for (let round = 0; round < rounds; round++) {
      say(`${store}: ${routes.join(', ')}, round ${round + 1} of ${rounds}`);
      for (const route of routes) {
        for (const track of round % 2 === 0 ? tracks : tracks.toReversed()) {
          if (track.skipped.has(route)) continue;
          const result = await track.measure(route, amounts[route]);
          const server = track.contestant.name;
          const same = measured.find((each) => each.route === route && each.server === server);
          if (same) same.rounds.push(result);
          else measured.push({ store, route, server, rounds: [result] });
        }
      }
    }
  }
  return measured;
}

/** The list of a peer that knows no limit would only measure how many sessions it has by now. */
async function skipEndlessLists(tracks: Track[]): Promise<void> {
  for (const { contestant, skipped } of tracks) {
    const answer = await fetch(`${contestant.origin}/sessions?limit=100`, {
      headers: { authorization: AUTHORIZATION },
    });
    const sessions = await answer.json();
    if (Array.isArray(sessions) && sessions.length === 100) continue;
    say(`${contestant.name} does not list 100 sessions when asked for 100: its list is not measured.`);
    skipped.add('list');
  }
}
