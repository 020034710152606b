/** Paging by where the last page ended: rows that arrive meanwhile move nothing. */

/** Where a page begins: behind this row. */
export interface Cursor {
  /** Time of the row in UTC with its microseconds, which a `Date` would lose; or `infinity`. */
  readonly time: string;
  readonly id: string;
}

const CURSOR =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z|infinity)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A cursor as it stands in an address. */
export function writeCursor({ time, id }: Cursor): string {
  return `${time}_${id}`;
}

/** The cursor of an address; null if there is none, or none that we wrote. */
export function readCursor(text: string | null): Cursor | null {
  const [, time, id] = CURSOR.exec(text ?? "") ?? [];
  if (time === undefined || id === undefined) return null;
  return time === "infinity" || isMoment(time) ? { time, id } : null;
}

/** Whether the calendar has it: PostgreSQL knows no 30th of February and no year 0, `Date` does. */
function isMoment(time: string): boolean {
  const when = new Date(time);
  return time >= "0001" && !Number.isNaN(when.getTime()) &&
    when.toISOString().startsWith(time.slice(0, "2026-11-23T10:00:00".length));
}

/**
 * Where the next page begins.
 *
 * @param rows The rows that were read, one more than a page holds if there are more.
 * @param perPage Rows of a page.
 */
export function cursorOf(
  rows: readonly { readonly id: string; readonly place: string }[],
  perPage: number,
): Cursor | null {
  const last = rows[perPage - 1];
  return rows.length > perPage && last !== undefined ? { time: last.place, id: last.id } : null;
}
