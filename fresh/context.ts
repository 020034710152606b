import { isValidElement, type VNode } from "preact";
import type { FunctionComponent } from "preact";
import { renderPage } from "./render.ts";
import type { Snapshot } from "./snapshot.ts";
import type { LayoutConfig, Middleware, ResolvedFreshConfig, RouteComponent } from "./types.ts";

/** The `_app` and the layouts around whatever is rendered at some depth of the routes. */
export interface Wrapping<State> {
  app: RouteComponent<State> | null;
  layouts: readonly RouteComponent<State>[];
}

/** One function of a compiled chain, and what wraps a page rendered in it. */
export interface Step<State> {
  run: Middleware<State>;
  wrapping: Wrapping<State>;
}

/** Where a request stands in its chain. */
export interface Run<State> {
  chain: readonly Step<State>[];
  at: number;
  /** Set once a step has answered: from then on nothing further in may start. */
  answered: boolean;
  wrapping: Wrapping<State>;
  snapshot: Snapshot;
}

/** Key of a context's {@linkcode Run}, which is no business of the application. */
export const RUN: unique symbol = Symbol("fresh.run");

/** One request on its way through middlewares, handler and page. */
export class Context<State> {
  /** The application's configuration. */
  readonly config: ResolvedFreshConfig;
  /** The request's URL, repeated slashes in its path collapsed. */
  readonly url: URL;
  /** The request as it came in. */
  req: Request;
  /** The pattern that matched, null for none. */
  readonly route: string | null;
  /** Decoded parameters of the pattern. */
  readonly params: Record<string, string>;
  /** What middlewares hand to what runs after them. */
  readonly state: State = {} as State;
  /** What the handler gave the page. */
  data: unknown = undefined;
  /** What was thrown, for `_error` pages. */
  error: unknown = null;
  /** The connection; `info.remoteAddr.hostname` is the peer. */
  readonly info: Deno.ServeHandlerInfo;
  /** Always false: partials are not covered. */
  readonly isPartial: boolean = false;
  /** What an async layout or `_app` wraps. */
  Component: FunctionComponent = () => null;
  /** @ignore */
  readonly [RUN]: Run<State>;

  /** @ignore */
  constructor(
    req: Request,
    url: URL,
    info: Deno.ServeHandlerInfo,
    route: string | null,
    params: Record<string, string>,
    config: ResolvedFreshConfig,
    run: Run<State>,
  ) {
    this.req = req;
    this.url = url;
    this.info = info;
    this.route = route;
    this.params = params;
    this.config = config;
    this[RUN] = run;
  }

  /**
   * Run what comes after this middleware. Once only.
   *
   * @returns The answer from further in.
   */
  async next(): Promise<Response> {
    const run = this[RUN];
    const step = run.chain[run.at];
    if (run.answered || step === undefined) {
      throw new Error("ctx.next() can only be called once in a middleware");
    }
    const outer = run.wrapping;
    run.at++;
    run.wrapping = step.wrapping;
    try {
      return await step.run(this);
    } catch (error) {
      this.error = error;
      throw error;
    } finally {
      run.answered = true;
      run.wrapping = outer;
    }
  }

  /**
   * Answer with a redirect. In a local path, slashes that a browser would take for the start of
   * another host (`//`, `/\\`) are collapsed; absolute URLs pass, so check where they come from.
   *
   * @param pathOrUrl Where to.
   * @param status 302 unless given.
   */
  redirect(pathOrUrl: string, status = 302): Response {
    let location = pathOrUrl;
    if (pathOrUrl.startsWith("/")) {
      const end = pathOrUrl.search(/[?#]/);
      const path = end === -1 ? pathOrUrl : pathOrUrl.slice(0, end);
      location = path.replace(/[\t\r\n]/g, "").replace(/[/\\]{2,}/g, "/") +
        pathOrUrl.slice(path.length);
    }
    return new Response(null, { status, headers: { location } });
  }

  /**
   * Render JSX inside the layouts and `_app` of this place.
   *
   * @param vnode The page's content.
   * @param init Status and headers of the answer.
   * @param config What to leave out around it.
   */
  render(
    vnode: VNode | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      return Promise.reject(new Error("ctx.render() takes JSX"));
    }
    return renderPage(this, vnode, init, config);
  }

  /** Answer with plain text. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Answer with a string of HTML. It is sent as it is: escaping is up to the caller. */
  html(content: string, init?: ResponseInit): Response {
    const headers = new Headers(init?.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  /** Answer with JSON. */
  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /**
   * Answer with a stream.
   *
   * @param source Pieces of text or bytes, or a function that yields them.
   * @param init Status and headers of the answer.
   */
  stream<Piece extends string | Uint8Array>(
    source: Iterable<Piece> | AsyncIterable<Piece> | (() => Iterable<Piece> | AsyncIterable<Piece>),
    init?: ResponseInit,
  ): Response {
    const pieces = typeof source === "function" ? source() : source;
    const encoder = new TextEncoder();
    const encode = new TransformStream<Piece, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        controller.enqueue(
          typeof piece === "string" ? encoder.encode(piece) : new Uint8Array(piece),
        );
      },
    });
    return new Response(ReadableStream.from(pieces).pipeThrough(encode), init);
  }
}

/** Alias of {@linkcode Context}. */
export type FreshContext<State = unknown> = Context<State>;
