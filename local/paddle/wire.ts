/** The names under which a caller's own data travels; what is inside belongs to the caller. */
const opaque = new Set(["customData", "custom_data"]);

/**
 * Turns the simulator's objects into Paddle's JSON: camelCase keys become snake_case, the content
 * of `customData` stays as it is.
 *
 * @param value Any JSON-like value.
 * @returns A new value.
 */
export function toWire(value: unknown): unknown {
  return renameKeys(value, (key) => key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase());
}

/**
 * Turns Paddle's JSON into the simulator's objects: the reverse of {@link toWire}.
 *
 * @param value Any JSON-like value.
 * @returns A new value.
 */
export function fromWire(value: unknown): unknown {
  return renameKeys(
    value,
    (key) => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  );
}

function renameKeys(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map((
      [key, content],
    ) => [rename(key), opaque.has(key) ? structuredClone(content) : renameKeys(content, rename)]),
  );
}
