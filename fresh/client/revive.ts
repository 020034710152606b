import { SPECIAL } from "../serialize.ts";

/** Makes a value of a tagged one. */
export type Revivers = Record<string, (content: unknown) => unknown>;

type Raw = string | number | boolean | number[] | [string, ...unknown[]] | Record<string, number>;

/**
 * Read what `serialize()` wrote.
 *
 * @param text Its result.
 * @param revivers By tag.
 */
export function revive(text: string, revivers: Revivers): unknown {
  const raw = JSON.parse(text) as number | Raw[];
  if (typeof raw === "number") return special(raw);
  const done = new Map<number, unknown>();

  function at(index: number): unknown {
    if (index < 0) return special(index);
    if (done.has(index)) return done.get(index);
    const value = raw as Raw[];
    return keep(index, value[index] as Raw);
  }

  // Containers are remembered before they are filled, so that cycles find them.
  function keep(index: number, value: Raw): unknown {
    if (typeof value !== "object") return set(index, value);
    if (!Array.isArray(value)) {
      const object: Record<string, unknown> = set(index, {});
      for (const key of Object.keys(value)) {
        Object.defineProperty(object, key, {
          value: at(value[key] as number),
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
      return object;
    }
    if (typeof value[0] === "string") return tagged(index, value[0], value[1], value[2]);
    const array: unknown[] = set(index, new Array(value.length));
    (value as number[]).forEach((item, i) => {
      if (item !== SPECIAL.hole) array[i] = at(item);
    });
    return array;
  }

  function tagged(index: number, tag: string, content: unknown, extra: unknown): unknown {
    const reviver = revivers[tag];
    if (reviver !== undefined) return set(index, reviver(at(content as number)));
    const items = content as number[];
    switch (tag) {
      case "Date":
        return set(index, new Date(content === null ? NaN : content as number));
      case "URL":
        return set(index, new URL(content as string));
      case "RegExp":
        return set(index, new RegExp(content as string, extra as string));
      case "BigInt":
        return set(index, BigInt(content as string));
      case "Uint8Array":
        return set(index, Uint8Array.from(atob(content as string), (c) => c.charCodeAt(0)));
      case "Set": {
        const values = set(index, new Set());
        for (const item of items) values.add(at(item));
        return values;
      }
      default: {
        const map = set(index, new Map());
        for (let i = 0; i < items.length; i += 2) {
          map.set(at(items[i] as number), at(items[i + 1] as number));
        }
        return map;
      }
    }
  }

  function set<T>(index: number, value: T): T {
    done.set(index, value);
    return value;
  }

  return at(0);
}

function special(index: number): unknown {
  return [undefined, null, NaN, Infinity, -Infinity, -0][-index - 1];
}
