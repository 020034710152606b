import type { AnyComponent } from "preact";
import type { Context } from "./context.ts";

/** The HTTP methods a route can answer. */
export type Method = "HEAD" | "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS";

/** Every {@linkcode Method}, for routes that answer all of them. */
export const METHODS: readonly Method[] = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
];

/** Options of `new App()`. */
export interface FreshConfig {
  /** Path all routes live under, such as `/shop`. No trailing slash. */
  basePath?: string;
  /** Set by the builder; tests may set it too. */
  mode?: "development" | "production";
}

/** The configuration as `ctx.config` shows it. */
export interface ResolvedFreshConfig {
  /** Directory of the project. */
  root: string;
  /** Path all routes live under, empty for none. */
  basePath: string;
  /** Whether this is a development server. */
  mode: "development" | "production";
}

/** What a handler returns to have its page rendered. */
export interface PageResponse<Data> {
  /** Given to the page component as `props.data`. */
  data: Data;
  /** Headers set on the answer. Of two with one name the last survives. */
  headers?: HeadersInit | undefined;
  /** HTTP status of the answer, 200 when left out. */
  status?: number | undefined;
}

/** Answers a request with a response of its own, or with data for the page. */
export type HandlerFn<Data, State> = (
  ctx: Context<State>,
) => Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;

/** Handlers by HTTP method. A missing method is a 404; HEAD falls back to GET. */
export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

/** One function for every method, or an object of functions by method. */
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

/** The data type a route handler gives its page. */
export type RouteData<Handler extends RouteHandler<unknown, unknown>> = Handler extends
  RouteHandler<infer Data, unknown> ? Data : never;

/** Runs before (and, after `await ctx.next()`, behind) everything further in. */
export type MiddlewareFn<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** Alias of {@linkcode MiddlewareFn}. */
export type Middleware<State> = MiddlewareFn<State>;

/** What pages, layouts, `_app` and `_error` receive. */
export type PageProps<Data = unknown, State = unknown> =
  & Pick<
    Context<State>,
    | "config"
    | "url"
    | "req"
    | "route"
    | "params"
    | "info"
    | "state"
    | "isPartial"
    | "Component"
    | "error"
  >
  & { data: Data };

/** A page, layout, `_app` or `_error` component; it may be an async function. */
// A method's parameter is checked bivariantly, so a page with typed data fits a list of pages.
export type RouteComponent<State> =
  | {
    bivariant(props: PageProps<unknown, State>): unknown;
  }["bivariant"]
  | AnyComponent<PageProps<never, State>>;

/** `export const config` of a layout. */
export interface LayoutConfig {
  /** Leave out the layouts of outer folders. */
  skipInheritedLayouts?: boolean;
  /** Leave out `_app`. */
  skipAppWrapper?: boolean;
}

/** `export const config` of a route. */
export interface RouteConfig extends LayoutConfig {
  /** A URL pattern to answer instead of the one that follows from the file name. */
  routeOverride?: string;
}

/** A route as `app.route()` takes it. */
export interface Route<State> {
  /** The page. */
  component?: RouteComponent<State> | undefined;
  /** The route's settings. */
  config?: RouteConfig | undefined;
  /** Without one the page renders for every method. */
  handler?: RouteHandler<unknown, State> | undefined;
}

/**
 * Have the route's page rendered.
 *
 * @param data Given to the page as `props.data`.
 * @param options Status and headers of the answer.
 */
export function page(): PageResponse<undefined>;
export function page<Data>(
  data: Data,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<Data>;
export function page<Data>(
  data?: Data,
  options?: { headers?: HeadersInit; status?: number },
): PageResponse<Data | undefined> {
  return { data, headers: options?.headers, status: options?.status };
}
