/** Tables as files that spreadsheets open, without running what people wrote into them. */

/** One cell. Numbers stay numbers; texts are never read as a formula. */
export type Cell = string | number | null;

/** What spreadsheets take for the beginning of a formula, a command, or a hidden one behind it. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/u;

/**
 * A table as CSV after RFC 4180, with a byte order mark so that ë, š and Cyrillic are read as such. A text
 * that a spreadsheet would run gets an apostrophe before it, which it then shows and does not run. Pure.
 *
 * @param rows The table, its head first.
 */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return "\ufeff" + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function cell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}
