/** The lowest v4 UUID, digit by digit. */
const LOWEST = '00000000000040008000000000000000';

/**
 * A cursor between two tokens of a user's list, in their order: above `shown`, at most `next`. It is the shortest
 * beginning of `next` that tells the two apart, so it gives next to nothing of a live token away; filled up to a v4
 * UUID, since Cassandra orders UUIDs by their version first.
 */
export function cursorBetween(shown: string, next: string): string {
  const [a, b] = [shown.replaceAll('-', ''), next.replaceAll('-', '')];
  let same = 0;
  while (same < b.length && a[same] === b[same]) same++;
  return b.slice(0, same + 1) + LOWEST.slice(same + 1);
}

/** The cursor as the token that a user's page starts at. */
export function tokenAt(cursor: string): string {
  return cursor.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
