import type { Context, Step, Wrapping } from "./context.ts";
import { HttpError, statusOf } from "./errors.ts";
import { answerRoute } from "./render.ts";
import type { LayoutConfig, Middleware, Route, RouteComponent } from "./types.ts";

/** What is registered for one folder of the routes, or one part of a path. */
export interface Segment<State> {
  parent: Segment<State> | null;
  children: Map<string, Segment<State>>;
  middlewares: Middleware<State>[];
  layout: { component: RouteComponent<State>; config: LayoutConfig } | null;
  errorRoute: Route<State> | null;
  /** On the root only. */
  app: RouteComponent<State> | null;
  /** On the root only. */
  notFound: Route<State> | null;
}

/** A segment that has nothing yet. */
export function newSegment<State>(parent: Segment<State> | null): Segment<State> {
  return {
    parent,
    children: new Map(),
    middlewares: [],
    layout: null,
    errorRoute: null,
    app: null,
    notFound: null,
  };
}

/** Walk down from `root`, creating what is missing. */
export function segmentAt<State>(root: Segment<State>, names: readonly string[]): Segment<State> {
  let segment = root;
  for (const name of names) {
    let child = segment.children.get(name);
    if (child === undefined) segment.children.set(name, child = newSegment(segment));
    segment = child;
  }
  return segment;
}

/** A path's parts: none for `/` and `*`. */
export function pathNames(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== "*");
}

/**
 * The steps a request takes from the root to `segment`, with `last` at the end. Taken when a route
 * is registered, so that a middleware only applies to routes registered after it.
 *
 * A segment's error page stands before the segment's own middlewares: it also takes their errors,
 * and an error passes over what they do after `ctx.next()`.
 */
export function compileChain<State>(
  segment: Segment<State>,
  last: readonly Middleware<State>[],
): Step<State>[] {
  const path: Segment<State>[] = [];
  for (let at: Segment<State> | null = segment; at !== null; at = at.parent) path.unshift(at);

  const chain: Step<State>[] = [];
  let wrapping: Wrapping<State> = { app: null, layouts: [] };
  for (const at of path) {
    wrapping = wrappingOf(at, wrapping);
    const takesErrors = at.errorRoute !== null || at.parent === null || at === segment;
    if (takesErrors) chain.push({ run: catchErrors(path[0] ?? at, at.errorRoute), wrapping });
    for (const run of at.middlewares) chain.push({ run, wrapping });
  }
  for (const run of last) chain.push({ run, wrapping });
  return chain;
}

function wrappingOf<State>(segment: Segment<State>, outer: Wrapping<State>): Wrapping<State> {
  const app = segment.app ?? outer.app;
  if (segment.layout === null) return { app, layouts: outer.layouts };
  const { component, config } = segment.layout;
  return {
    app: config.skipAppWrapper ? null : app,
    layouts: config.skipInheritedLayouts ? [component] : [...outer.layouts, component],
  };
}

function catchErrors<State>(root: Segment<State>, errorRoute: Route<State> | null) {
  return async (ctx: Context<State>): Promise<Response> => {
    try {
      return await ctx.next();
    } catch (error) {
      const status = statusOf(error);
      // Read now: app.notFound() may be called after the routes are registered.
      const route = status === 404 && root.notFound !== null ? root.notFound : errorRoute;
      if (route === null) throw error;
      return await answerRoute(ctx, route, status);
    }
  };
}

/** Answers what no route answers. */
export function notFound(): never {
  throw new HttpError(404);
}
