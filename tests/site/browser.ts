/** A small browser for handler tests: keeps cookies, says where requests come from. */
import { writeSessionCookie } from "@core/identity/session_cookie.ts";
import type { SessionTokens } from "@core/identity/session_cookie.ts";
import { Builder } from "fresh/dev";
import type { App } from "fresh";
import { createSite } from "../../site/app.ts";
import type { State } from "../../utils.ts";
import { type FakeSite, ORIGIN } from "./fakes.ts";

/** Answers requests as the running site would. */
export type Handler = (request: Request) => Promise<Response>;

let applyBuild: Promise<<S>(app: App<S>) => void> | undefined;

/** The whole site, routes and all, over fake connections. */
export async function siteHandler(site: FakeSite): Promise<Handler> {
  applyBuild ??= new Builder().build({ snapshot: "memory" });
  const app = createSite(site.services);
  (await applyBuild)<State>(app);
  const handler = app.handler();
  return async (request) => await handler(request);
}

/** One visitor. */
export class Visitor {
  readonly #handler: Handler;
  readonly #cookies = new Map<string, string>();

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  /** Signs in with tokens, as if a form had done it. */
  holds(tokens: SessionTokens): this {
    for (const cookie of writeSessionCookie(tokens, null, false)) this.#keep(cookie);
    return this;
  }

  /** Asks for a page. */
  async get(path: string, headers: HeadersInit = {}): Promise<Response> {
    return await this.#send(new Request(`${ORIGIN}${path}`, { headers }));
  }

  /** Asks for a page at an address of any host. */
  async at(address: string): Promise<Response> {
    const { host } = new URL(address);
    return await this.#send(new Request(address, { headers: { host } }));
  }

  /** Sends a form as a page of the site would. */
  async post(
    path: string,
    fields: Record<string, string>,
    headers: HeadersInit = { "sec-fetch-site": "same-origin" },
  ): Promise<Response> {
    const body = new URLSearchParams(fields);
    return await this.#send(new Request(`${ORIGIN}${path}`, { method: "POST", body, headers }));
  }

  /** Sends anything as a page of the site would: a form with a file, or an island's JSON. */
  async send(
    path: string,
    body: BodyInit,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return await this.#send(
      new Request(`${ORIGIN}${path}`, {
        method: "POST",
        body,
        headers: { "sec-fetch-site": "same-origin", ...headers },
      }),
    );
  }

  /** Names of the cookies that the visitor holds. */
  cookieNames(): string[] {
    return [...this.#cookies.keys()];
  }

  async #send(request: Request): Promise<Response> {
    if (this.#cookies.size > 0) {
      const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`);
      request.headers.set("cookie", cookies.join("; "));
    }
    const response = await this.#handler(request);
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    return response;
  }

  #keep(cookie: string): void {
    const [pair = "", ...flags] = cookie.split("; ");
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    if (flags.includes("Max-Age=0")) this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(at + 1));
  }
}
