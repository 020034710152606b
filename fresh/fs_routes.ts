import type { RouteModule } from "./snapshot.ts";
import type { Middleware, Route, RouteComponent, RouteConfig, RouteHandler } from "./types.ts";

/** What the files below `routes/` may export. */
interface RouteExports<State> {
  config?: RouteConfig;
  handler?: RouteHandler<unknown, State> | Middleware<State>[];
  handlers?: RouteHandler<unknown, State> | Middleware<State>[];
  default?: RouteComponent<State>;
}

/** One file below `routes/`, as the application registers it. */
export type FsItem<State> =
  & { segments: string[] }
  & (
    | { kind: "app"; component: RouteComponent<State> }
    | { kind: "layout"; component: RouteComponent<State>; config: RouteConfig }
    | { kind: "middleware"; middlewares: Middleware<State>[] }
    | { kind: "error"; route: Route<State> }
    | { kind: "notFound"; route: Route<State> }
    | { kind: "route"; pattern: string; route: Route<State> }
  );

/**
 * Read modules of the routes folder: what applies to a folder first, then routes, the more specific
 * pattern first.
 *
 * @throws Error when a module exports nothing that its name calls for.
 */
export function readFsRoutes<State>(modules: readonly RouteModule[]): FsItem<State>[] {
  const sorted = [...modules].sort((a, b) => compareIds(a.id, b.id));
  const items = sorted.map(({ id, module }) => readModule<State>(id, module));
  return [
    ...items.filter((item) => item.kind !== "route"),
    ...items.filter((item) => item.kind === "route"),
  ];
}

function readModule<State>(id: string, module: unknown): FsItem<State> {
  const exports = module as RouteExports<State>;
  const parts = id.split("/").slice(1);
  const name = parts.pop() ?? "";
  const segments = parts.map(segmentPattern);
  const config = exports.config ?? {};
  const handler = exports.handlers ?? exports.handler;
  const component = exports.default;

  switch (name) {
    case "_app":
      return { kind: "app", segments, component: component ?? missing(id, "a component") };
    case "_layout":
      return {
        kind: "layout",
        segments,
        config,
        component: component ?? missing(id, "a component"),
      };
    case "_middleware": {
      const found = handler ?? component;
      if (Array.isArray(found)) return { kind: "middleware", segments, middlewares: found };
      if (typeof found !== "function") return missing(id, "a function or a list of functions");
      return { kind: "middleware", segments, middlewares: [found as Middleware<State>] };
    }
  }
  if (Array.isArray(handler)) return missing(id, "one handler, not a list,");
  if (handler === undefined && component === undefined) return missing(id, "a handler or a page");
  const route = { handler, component, config };
  if (name === "_error" || name === "_500") return { kind: "error", segments, route };
  if (name === "_404") return { kind: "notFound", segments, route };
  return { kind: "route", segments, route, pattern: config.routeOverride ?? patternOf(id) };
}

function missing(id: string, what: string): never {
  throw new Error(`routes${id} must export ${what}`);
}

/**
 * The URL pattern of a route file.
 *
 * @example
 * ```ts
 * patternOf("/(site)/[locale]/claims/[id]"); // "/:locale/claims/:id"
 * patternOf("/docs/[...path]"); // "/docs/:path*"
 * ```
 */
export function patternOf(id: string): string {
  const parts = id.split("/").slice(1).filter((part) => !/^\(.*\)$/.test(part));
  if (parts.at(-1) === "index") parts.pop();
  const pattern = parts.map((part) => {
    const segment = segmentPattern(part);
    return segment.startsWith("{/") ? segment : `/${segment}`;
  }).join("");
  return pattern === "" ? "/" : pattern;
}

function segmentPattern(part: string): string {
  const optional = /^\[\[(\w+)\]\]$/.exec(part);
  if (optional !== null) return `{/:${optional[1]}}?`;
  const rest = /^\[\.\.\.(\w+)\]$/.exec(part);
  if (rest !== null) return `:${rest[1]}*`;
  if (part.includes("][")) throw new SyntaxError(`Two parameters touch in the route "${part}"`);
  const pattern = part.replace(/\[(\w+)\]/g, ":$1");
  if (/[[\]]/.test(pattern)) throw new SyntaxError(`Unbalanced brackets in the route "${part}"`);
  return pattern;
}

/** Order of two files: literals before parameters before rest parameters, groups not counted. */
function compareIds(a: string, b: string): number {
  const left = idParts(a);
  const right = idParts(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    if (x === y) continue;
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    return rank(x) - rank(y) || (x < y ? -1 : 1);
  }
  return a < b ? -1 : 1;
}

function idParts(id: string): string[] {
  return id.split("/").slice(1).filter((part) => !/^\(.*\)$/.test(part));
}

function rank(part: string): number {
  if (part.startsWith("[...")) return 3;
  if (part.startsWith("[[")) return 2;
  return part.startsWith("[") ? 1 : 0;
}
