/** A visitor without a browser: keeps cookies, and comes from an address of their own. */
import { SITE } from "../browser/people.ts";

/** What a visitor was answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What to send. */
export interface Sending {
  readonly method: string;
  readonly headers?: Record<string, string>;
  readonly body?: BodyInit;
  /** Whether it says nothing of where it comes from, as programs do. */
  readonly silent?: true;
}

let lastHost = 10;

/** One visitor. Limits by address count each of them alone. */
export class Visitor {
  readonly #client: Deno.HttpClient;
  readonly #account: { readonly email: string; readonly password: string } | null;
  #cookies = new Map<string, string>();
  #signingIn: Promise<void> | undefined;

  /** @param account Who signs in, and again when something ended the session; null for nobody. */
  constructor(account: { readonly email: string; readonly password: string } | null = null) {
    this.#client = Deno.createHttpClient({ localAddress: `127.0.1.${++lastHost}` });
    this.#account = account;
  }

  /** Sends something to a path of the site, or to any address, without following redirects. */
  async send(path: string, { method, headers = {}, body, silent }: Sending): Promise<Answer> {
    const url = new URL(path, SITE);
    const isSite = url.origin === new URL(SITE).origin;
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const init: RequestInit & { readonly client: Deno.HttpClient } = {
      method,
      headers: {
        ...(isSite && !silent ? { "sec-fetch-site": "same-origin" } : {}),
        ...(isSite && cookie !== "" ? { cookie } : {}),
        ...headers,
      },
      redirect: "manual",
      client: this.#client,
      ...(body === undefined ? {} : { body }),
    };
    const response = await fetch(url, init);
    for (const set of response.headers.getSetCookie()) this.#keep(set);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Asks for a page. */
  async get(path: string): Promise<Answer> {
    return await this.send(path, { method: "GET" });
  }

  /** Sends a form as a page of the site would. */
  async post(path: string, fields: readonly (readonly [string, string])[]): Promise<Answer> {
    return await this.send(path, {
      method: "POST",
      body: new URLSearchParams(fields.map(([name, value]) => [name, value])),
    });
  }

  /** Signs in, if this visitor has an account and no session. */
  async signIn(): Promise<void> {
    const account = this.#account;
    if (account === null) return;
    this.#signingIn ??= (async () => {
      this.#cookies = new Map();
      const { status } = await this.post("/en/login", Object.entries({ ...account }));
      if (status !== 303) throw new Error(`${account.email} could not sign in: ${status}`);
    })().finally(() => this.#signingIn = undefined);
    await this.#signingIn;
  }

  /** Gives the connections back. */
  close(): void {
    this.#client.close();
  }

  #keep(set: string): void {
    const [pair = ""] = set.split(";");
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    const gone = /max-age=0|expires=thu, 01 jan 1970/i.test(set);
    if (gone) this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(at + 1));
  }
}
