import { Context, type Run, type Step } from "./context.ts";
import { HttpError, plainAnswer } from "./errors.ts";
import { readFsRoutes } from "./fs_routes.ts";
import { answerRoute } from "./render.ts";
import { type Match, Router } from "./router.ts";
import {
  compileChain,
  newSegment,
  notFound,
  pathNames,
  type Segment,
  segmentAt,
} from "./segments.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "./snapshot.ts";
import {
  type FreshConfig,
  type Method,
  METHODS,
  type Middleware,
  type ResolvedFreshConfig,
  type Route,
} from "./types.ts";

/** Where a command writes to when the handler is made. */
interface Registry<State> {
  root: Segment<State>;
  router: Router<Chains<State>>;
  basePath: string;
  snapshot: Snapshot;
}

/** The chain of a pattern by method. */
type Chains<State> = Map<Method, Step<State>[]>;

type Command<State> = (registry: Registry<State>) => void;

const NO_CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 0 },
  completed: Promise.resolve(),
};

/** Stands in for the address of a request that has none. */
const NO_ADDRESS = "http://invalid/";

/** Have an application use what a build found: route files, islands, static files. */
export let applySnapshot: <State>(app: App<State>, snapshot: Snapshot) => void;

/** An application: middlewares and routes, in the order they are added. */
export class App<State> {
  /** The configuration that `ctx.config` shows. */
  config: ResolvedFreshConfig;
  #commands: Command<State>[] = [];
  #snapshot: Snapshot = EMPTY_SNAPSHOT;

  static {
    applySnapshot = (app, snapshot) => {
      app.#snapshot = snapshot;
      app.config.root = snapshot.root;
      app.config.mode = snapshot.mode;
    };
  }

  /** @param config The application's settings. */
  constructor(config: FreshConfig = {}) {
    this.config = {
      root: ".",
      basePath: config.basePath ?? "",
      mode: config.mode ?? "production",
    };
  }

  /** Add middlewares, for everything or below a path, for routes that are added later. */
  use(...middlewares: Middleware<State>[]): this;
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(first: string | Middleware<State>, ...others: Middleware<State>[]): this {
    const path = typeof first === "string" ? first : "*";
    const middlewares = typeof first === "string" ? others : [first, ...others];
    return this.#add(({ root }) => {
      segmentAt(root, pathNames(path)).middlewares.push(...middlewares);
    });
  }

  /** Answer what no route answers. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#add(({ root }) => {
      root.notFound = asRoute(route);
    });
  }

  /** Answer errors at and below a path. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    return this.#add(({ root }) => {
      segmentAt(root, pathNames(path)).errorRoute = asRoute(route);
    });
  }

  /** Add handlers for GET (and HEAD). */
  get(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["GET"], path, handlers);
  }

  /** Add handlers for POST. */
  post(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["POST"], path, handlers);
  }

  /** Add handlers for PATCH. */
  patch(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["PATCH"], path, handlers);
  }

  /** Add handlers for PUT. */
  put(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["PUT"], path, handlers);
  }

  /** Add handlers for DELETE. */
  delete(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["DELETE"], path, handlers);
  }

  /** Add handlers for HEAD. */
  head(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["HEAD"], path, handlers);
  }

  /** Add handlers for every method. */
  all(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(METHODS, path, handlers);
  }

  /**
   * Add the files below `routes/`.
   *
   * @param path Where to put them.
   */
  fsRoutes(path = "*"): this {
    return this.#add((registry) => {
      const { root, snapshot } = registry;
      for (const item of readFsRoutes<State>(snapshot.routes)) {
        const segment = segmentAt(root, [...pathNames(path), ...item.segments]);
        if (item.kind === "app") root.app = item.component;
        else if (item.kind === "layout") segment.layout = item;
        else if (item.kind === "middleware") segment.middlewares.push(...item.middlewares);
        else if (item.kind === "error") segment.errorRoute = item.route;
        else if (item.kind === "notFound") root.notFound = item.route;
        else {
          const chain = compileChain(segment, [(ctx) => answerRoute(ctx, item.route, 200)]);
          addChain(registry, joinPath(path, item.pattern), METHODS, chain);
        }
      }
    });
  }

  /**
   * Make the function that answers requests, for `Deno.serve` and for tests.
   *
   * @throws Error when a file below `routes/` exports nothing usable.
   */
  handler(): (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const { config } = this;
    const snapshot = this.#snapshot;
    const root = newSegment<State>(null);
    const router = new Router<Chains<State>>();
    const registry = { root, router, snapshot, basePath: config.basePath };
    for (const command of this.#commands) command(registry);

    const chains = {
      notFound: compileChain(root, [notFound]),
      badRequest: compileChain(root, [() => {
        throw new HttpError(400);
      }]),
      wrongMethod: compileChain(root, [() => {
        throw new HttpError(405);
      }]),
    };

    return async (request, info = NO_CONNECTION) => {
      // A Host header may hold anything, and not all of it makes an address.
      const address = URL.parse(request.url);
      const url = address ?? new URL(NO_ADDRESS);
      // A path such as //evil.example must not come back as the start of a redirect.
      if (url.pathname.includes("//")) url.pathname = url.pathname.replace(/\/{2,}/g, "/");
      const match = router.match(url.pathname);
      const params = match === null ? {} : decodeParams(match.params);
      const chain = address === null || params === null
        ? chains.badRequest
        : match === null
        ? chains.notFound
        : chainFor(match, request.method, root) ?? chains.wrongMethod;

      const run: Run<State> = { chain, at: 0, answered: false, wrapping: NOTHING, snapshot };
      const route = match?.pattern ?? null;
      const ctx = new Context<State>(request, url, info, route, params ?? {}, config, run);
      try {
        const response = await ctx.next();
        if (!(response instanceof Response)) {
          throw new TypeError(`Expected a Response for ${url.pathname}, got ${response}`);
        }
        return request.method === "HEAD" ? new Response(null, response) : response;
      } catch (error) {
        const answer = plainAnswer(error);
        return request.method === "HEAD" ? new Response(null, answer) : answer;
      }
    };
  }

  /** Serve the application with this process. */
  async listen(options: Partial<Deno.ServeTcpOptions> = {}): Promise<void> {
    await Deno.serve({ port: 8000, ...options }, this.handler()).finished;
  }

  #handle(methods: readonly Method[], path: string, handlers: Middleware<State>[]): this {
    return this.#add((registry) => {
      const chain = compileChain(segmentAt(registry.root, pathNames(path)), handlers);
      addChain(registry, path, methods, chain);
    });
  }

  #add(command: Command<State>): this {
    this.#commands.push(command);
    return this;
  }
}

const NOTHING = { app: null, layouts: [] };

function asRoute<State>(route: Route<State> | Middleware<State>): Route<State> {
  return typeof route === "function" ? { handler: route } : route;
}

/** Put a path below another one; `*` is everything. */
function joinPath(base: string, path: string): string {
  const start = base.replace(/\/?\*?$/, "");
  const rest = path === "*" ? "/*" : path;
  return start !== "" && rest === "/" ? start : start + rest;
}

function addChain<State>(
  { router, basePath }: Registry<State>,
  path: string,
  methods: readonly Method[],
  chain: Step<State>[],
): void {
  const pattern = joinPath(basePath, path);
  const chains = router.get(pattern) ?? new Map();
  for (const method of methods) if (!chains.has(method)) chains.set(method, chain);
  router.add(pattern, chains);
}

/** The chain of a method: HEAD runs GET's, OPTIONS tells the methods. Null when there is none. */
function chainFor<State>(
  { value: chains }: Match<Chains<State>>,
  method: string,
  root: Segment<State>,
): Step<State>[] | null {
  const chain = chains.get(method as Method);
  if (chain !== undefined) return chain;
  if (method === "HEAD") return chains.get("GET") ?? null;
  if (method !== "OPTIONS") return null;
  const allow = [...chains.keys()].join(", ");
  return compileChain(root, [() => new Response(null, { status: 204, headers: { allow } })]);
}

/** Decode parameters but for `%2F` and the like. Null for a malformed escape. */
function decodeParams(params: Record<string, string>): Record<string, string> | null {
  try {
    for (const name in params) {
      const value = params[name] ?? "";
      if (value.includes("%")) params[name] = decodeURI(value);
    }
    return params;
  } catch {
    return null;
  }
}
