import { Fragment, type FunctionComponent, type VNode } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { type Context, RUN } from "./context.ts";
import { HttpError } from "./errors.ts";
import "./document.ts";
import { scripts } from "./islands.ts";
import { createNode, Rendering, rendering } from "./rendering.ts";
import type { Snapshot } from "./snapshot.ts";
import type {
  HandlerFn,
  LayoutConfig,
  Method,
  PageProps,
  PageResponse,
  Route,
  RouteComponent,
} from "./types.ts";

/** Key under which a rendered response carries its nonce to `csp()`. */
export const NONCE: unique symbol = Symbol.for("__freshNonce");

/**
 * Answer with a route: run its handler, then render its page with what that returned.
 *
 * @param status The status unless the handler gives one.
 */
export async function answerRoute<State>(
  ctx: Context<State>,
  route: Route<State>,
  status: number,
): Promise<Response> {
  const run = ctx[RUN];
  const config = route.config ?? {};
  if (config.skipAppWrapper) run.wrapping = { ...run.wrapping, app: null };
  if (config.skipInheritedLayouts) run.wrapping = { ...run.wrapping, layouts: [] };

  const handle = handlerFor(route, ctx.req.method as Method);
  const result: Response | PageResponse<unknown> = await handle(ctx);
  if (result instanceof Response) return result;

  ctx.data = result.data;
  let vnode: VNode | null = null;
  if (route.component !== undefined) {
    const made = await instantiate(route.component, propsOf(ctx, result.data, () => null));
    if (made instanceof Response) return made;
    vnode = made;
  }
  const init: ResponseInit = { status: result.status ?? status };
  if (result.headers !== undefined) init.headers = withoutDoubles(result.headers);
  return ctx.render(vnode, init);
}

/** Of several headers with one name the last. */
function withoutDoubles(headers: HeadersInit): Headers {
  const single = new Headers();
  for (const [name, value] of new Headers(headers)) single.set(name, value);
  return single;
}

const onlyPage = () => ({ data: {} });

function handlerFor<State>(route: Route<State>, method: Method): HandlerFn<unknown, State> {
  const { handler } = route;
  if (typeof handler === "function") return handler;
  if (handler === undefined && route.component !== undefined) return onlyPage;
  const found = handler?.[method] ?? (method === "HEAD" ? handler?.GET : undefined);
  if (found !== undefined) return found;
  if (route.component !== undefined && (method === "GET" || method === "HEAD")) return onlyPage;
  throw new HttpError(404);
}

/** Render a page inside what wraps it. */
export async function renderPage<State>(
  ctx: Context<State>,
  content: VNode | null,
  init: ResponseInit,
  config: LayoutConfig,
): Promise<Response> {
  const { wrapping, snapshot } = ctx[RUN];
  let page = content;
  for (const layout of config.skipInheritedLayouts ? [] : wrapping.layouts.toReversed()) {
    const inner = page;
    const made = await instantiate(layout, propsOf(ctx, null, () => inner));
    if (made instanceof Response) return made;
    page = made;
  }

  // The page is rendered before its wrapper, so that <head> knows what <Head> has put aside.
  let html = "";
  let wrapper: VNode | null = null;
  if (wrapping.app !== null && !config.skipAppWrapper) {
    const Component = () => jsxTemplate([html]) as VNode;
    const made = await instantiate(wrapping.app, propsOf(ctx, null, Component));
    if (made instanceof Response) return made;
    wrapper = made;
  }

  const state = new Rendering(snapshot, ctx.url.pathname);
  rendering.current = state;
  try {
    html = renderToString(page ?? createNode(Fragment, null));
    if (wrapper !== null) html = renderToString(wrapper);
    html = completeDocument(html, state);
  } finally {
    rendering.current = null;
  }

  const headers = new Headers(init.headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  if (state.islands.size > 0) headers.append("Link", preloadHeader(state));
  const { status = 200, statusText = "" } = init;
  const response = new Response(html, { status, statusText, headers });
  return Object.assign(response, { [NONCE]: state.nonce });
}

/** Async components are awaited; others are left for rendering. */
async function instantiate<State>(
  component: RouteComponent<State>,
  props: PageProps<unknown, State>,
): Promise<VNode | Response | null> {
  if (component.constructor.name === "AsyncFunction") {
    return await (component as (props: unknown) => Promise<VNode | Response | null>)(props);
  }
  return createNode(component, props);
}

function propsOf<State>(
  ctx: Context<State>,
  data: unknown,
  Component: FunctionComponent,
): PageProps<unknown, State> {
  ctx.Component = Component;
  const { config, url, req, route, params, info, state, isPartial, error } = ctx;
  return { Component, config, data, error, info, isPartial, params, req, route, state, url };
}

/** Put around the HTML what the application left out of html, head and body. */
function completeDocument(html: string, { hasBody, hasHead, hasHtml }: Rendering): string {
  let document = html;
  if (!hasBody) document = `<body>${document}${renderToString(scripts())}</body>`;
  if (!hasHead) document = `<head><meta charset="utf-8"/></head>${document}`;
  if (!hasHtml) document = `<html>${document}</html>`;
  return `<!DOCTYPE html>${document}`;
}

const preloadHeaders = new WeakMap<Snapshot, Map<string, string>>();

/** The `Link` header of a page. There are as many as there are sets of islands on pages: few. */
function preloadHeader(state: Rendering): string {
  const { snapshot, islands, hasSignals } = state;
  let headers = preloadHeaders.get(snapshot);
  if (headers === undefined) preloadHeaders.set(snapshot, headers = new Map());
  let key = String(hasSignals);
  for (const { name } of islands) key += ` ${name}`;
  let header = headers.get(key);
  if (header === undefined) headers.set(key, header = makePreloadHeader(state));
  return header;
}

function makePreloadHeader({ snapshot, islands, hasSignals }: Rendering): string {
  const scripts = [snapshot.bootUrl, ...Array.from(islands, (island) => island.url)];
  if (hasSignals) scripts.push(snapshot.signalsUrl);
  const urls = new Set(scripts.flatMap((url) => [url, ...snapshot.preloads[url] ?? []]));
  return Array.from(urls, (url) => `<${encodeURI(url)}>; rel="modulepreload"; as="script"`)
    .join(", ");
}
