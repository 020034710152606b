/** What a router found for a path. */
export interface Match<T> {
  /** The pattern as it was added. */
  pattern: string;
  value: T;
  /** Percent-encoded values by name; an absent optional one is empty. */
  params: Record<string, string>;
}

interface Entry<T> {
  order: number;
  pattern: string;
  value: T;
}

interface Leaf<T> extends Entry<T> {
  /** The parameter's name by segment, empty for a literal. */
  names: string[];
}

interface Node<T> {
  literals: Map<string, Node<T>>;
  param: Node<T> | null;
  leaf: Leaf<T> | null;
  /** Matches any number of further segments. */
  rest: Leaf<T> | null;
}

const PATTERN_SYNTAX = /[*:{}+?()\\]/;
const PARAM = /^:([\p{ID_Start}_$][\p{ID_Continue}$]*)$/u;
const REST = /^:([\p{ID_Start}_$][\p{ID_Continue}$]*)\*$/u;

/**
 * Finds what was registered for a path: an exact path first, then the earliest registered pattern
 * that matches.
 *
 * `URLPattern` decides what matches. It takes microseconds a pattern, so patterns of whole segments
 * (`/:locale/claims/:id`, `/:path*`) are kept in a tree instead, and only unusual ones are left to it.
 */
export class Router<T> {
  #paths = new Map<string, Entry<T>>();
  #root: Node<T> = newNode();
  #unusual: (Entry<T> & { url: URLPattern })[] = [];
  #byPattern = new Map<string, T>();
  #order = 0;

  /** The value a pattern was added with. */
  get(pattern: string): T | undefined {
    return this.#byPattern.get(pattern);
  }

  /** Add a path or a pattern; one that is there already keeps its place. */
  add(pattern: string, value: T): void {
    if (this.#byPattern.has(pattern)) return;
    this.#byPattern.set(pattern, value);
    const entry = { order: this.#order++, pattern, value };
    if (!PATTERN_SYNTAX.test(pattern)) {
      const path = new URL(pattern, "http://localhost").pathname;
      this.#paths.set(withoutSlash(path), entry);
    } else if (isPlain(pattern)) {
      this.#plant(pattern, entry);
    } else {
      this.#unusual.push({ ...entry, url: new URLPattern({ pathname: pattern }) });
    }
  }

  /** Find what answers a path (percent-encoded, as in `URL.pathname`). */
  match(pathname: string): Match<T> | null {
    const exact = this.#paths.get(withoutSlash(pathname));
    if (exact !== undefined) return { pattern: exact.pattern, value: exact.value, params: {} };

    const segments = pathname.split("/");
    const best = find(this.#root, segments, 1, null);
    for (const entry of this.#unusual) {
      if (best !== null && best.order < entry.order) break;
      const groups = entry.url.exec({ pathname })?.pathname.groups;
      if (groups === undefined) continue;
      const params = Object.fromEntries(Object.entries(groups).map(([k, v]) => [k, v ?? ""]));
      return { pattern: entry.pattern, value: entry.value, params };
    }
    if (best === null) return null;
    return { pattern: best.pattern, value: best.value, params: paramsOf(best, segments) };
  }

  #plant(pattern: string, entry: Entry<T>): void {
    let node = this.#root;
    const names: string[] = [];
    for (const segment of pattern.split("/").slice(1)) {
      const rest = REST.exec(segment);
      if (rest !== null) {
        node.rest ??= { ...entry, names: [...names, rest[1] ?? ""] };
        return;
      }
      const param = PARAM.exec(segment);
      if (param !== null) {
        names.push(param[1] ?? "");
        node = node.param ??= newNode();
        continue;
      }
      names.push("");
      const literal = new URL(`/${segment}`, "http://localhost").pathname.slice(1);
      let child = node.literals.get(literal);
      if (child === undefined) node.literals.set(literal, child = newNode());
      node = child;
    }
    node.leaf ??= { ...entry, names };
  }
}

function newNode<T>(): Node<T> {
  return { literals: new Map(), param: null, leaf: null, rest: null };
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** Whether each segment is a literal, a parameter, or, in the last place, a rest parameter. */
function isPlain(pattern: string): boolean {
  const segments = pattern.split("/").slice(1);
  return pattern.startsWith("/") && segments.every((segment, i) =>
    segment !== "" &&
    (!PATTERN_SYNTAX.test(segment) || PARAM.test(segment) ||
      (REST.test(segment) && i === segments.length - 1))
  );
}

/** The earliest registered leaf under `node` that matches `segments` from `at` on. */
function find<T>(
  node: Node<T>,
  segments: string[],
  at: number,
  best: Leaf<T> | null,
): Leaf<T> | null {
  if (node.rest !== null && isRest(segments, at)) best = earlier(best, node.rest);
  if (at === segments.length) return node.leaf === null ? best : earlier(best, node.leaf);
  const segment = segments[at] ?? "";
  if (segment === "") return best;
  const literal = node.literals.get(segment);
  if (literal !== undefined) best = find(literal, segments, at + 1, best);
  return node.param === null ? best : find(node.param, segments, at + 1, best);
}

function isRest(segments: string[], from: number): boolean {
  for (let i = from; i < segments.length; i++) if (segments[i] === "") return false;
  return true;
}

function earlier<T>(a: Leaf<T> | null, b: Leaf<T>): Leaf<T> {
  return a === null || b.order < a.order ? b : a;
}

function paramsOf<T>(leaf: Leaf<T>, segments: string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [i, name] of leaf.names.entries()) {
    if (name === "") continue;
    const isLast = i === leaf.names.length - 1;
    params[name] = isLast ? segments.slice(i + 1).join("/") : segments[i + 1] ?? "";
  }
  return params;
}
