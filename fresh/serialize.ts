/**
 * Islands' props as text. One flat JSON array holds every value once and refers to others by index,
 * so what was shared stays shared; `client/revive.ts` reads it.
 */

/** Values that JSON has no word for, by their index. */
export const SPECIAL = {
  undefined: -1,
  null: -2,
  nan: -3,
  infinity: -4,
  minusInfinity: -5,
  minusZero: -6,
  hole: -7,
};

/** Turns a value into a tag and what to store under it, or leaves it to the built-in rules. */
export type Reducer = (value: object) => [tag: string, content: unknown] | null;

/**
 * Write a value as text.
 *
 * @param value Primitives, arrays, plain objects, Date, URL, RegExp, Map, Set, Uint8Array, in any
 * combination and with cycles.
 * @param reduce Comes before the built-in rules.
 * @throws TypeError for functions and symbols, with the path to it.
 */
export function serialize(value: unknown, reduce: Reducer = () => null): string {
  const out: string[] = [];
  const seen = new Map<unknown, number>();

  function index(value: unknown, path: string): number {
    const special = specialIndex(value);
    if (special !== null) return special;
    const known = seen.get(value);
    if (known !== undefined) return known;
    const at = out.push("") - 1;
    seen.set(value, at);
    out[at] = text(value, path);
    return at;
  }

  function text(value: unknown, path: string): string {
    switch (typeof value) {
      case "string":
      case "number":
      case "boolean":
        return JSON.stringify(value);
      case "bigint":
        return `["BigInt","${value}"]`;
      case "object":
        return objectText(value as object, path);
      default:
        throw new TypeError(`An island cannot take a ${typeof value}: props${path}`);
    }
  }

  function objectText(value: object, path: string): string {
    const reduced = reduce(value);
    if (reduced !== null) return `["${reduced[0]}",${index(reduced[1], path)}]`;
    if (Array.isArray(value)) {
      const items = Array.from(value, (item, i) => {
        return i in value ? index(item, `${path}[${i}]`) : SPECIAL.hole;
      });
      return `[${items}]`;
    }
    if (value instanceof Date) return JSON.stringify(["Date", value.getTime()]);
    if (value instanceof URL) return JSON.stringify(["URL", value.href]);
    if (value instanceof RegExp) return JSON.stringify(["RegExp", value.source, value.flags]);
    if (value instanceof Uint8Array) return JSON.stringify(["Uint8Array", value.toBase64()]);
    if (value instanceof Set) {
      return `["Set",[${Array.from(value, (item) => index(item, `${path}.values()`))}]]`;
    }
    if (value instanceof Map) {
      const pairs = Array.from(value, ([key, item]) => {
        return [index(key, `${path}.keys()`), index(item, `${path}.get(${String(key)})`)];
      });
      return `["Map",[${pairs}]]`;
    }
    const entries = Object.entries(value).map(([key, item]) => {
      return `${JSON.stringify(key)}:${index(item, `${path}.${key}`)}`;
    });
    return `{${entries}}`;
  }

  const root = index(value, "");
  return root < 0 ? String(root) : `[${out}]`;
}

function specialIndex(value: unknown): number | null {
  if (value === undefined) return SPECIAL.undefined;
  if (value === null) return SPECIAL.null;
  if (typeof value !== "number") return null;
  if (Number.isNaN(value)) return SPECIAL.nan;
  if (value === Infinity) return SPECIAL.infinity;
  if (value === -Infinity) return SPECIAL.minusInfinity;
  return Object.is(value, -0) ? SPECIAL.minusZero : null;
}
