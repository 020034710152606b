/** From a cookie to a verified session, with tokens refreshed in time and once only. */
import {
  type AccessTokenKey,
  expiryOf,
  type Session,
  verifyAccessToken,
} from "@core/identity/session.ts";
import {
  clearSessionCookie,
  readSessionCookie,
  type SessionTokens,
  writeSessionCookie,
} from "@core/identity/session_cookie.ts";
import type { Clock } from "@core/platform/clock.ts";
import type { Logger } from "@core/platform/logger.ts";
import { config } from "../fresh.config.ts";
import type { AuthClient, RefreshResult } from "./auth_client.ts";

/** Who a request is from. */
export interface ResolvedSession {
  readonly session: Session | null;
  readonly accessToken: string | null;
  /** `Set-Cookie` values that the answer has to carry. */
  readonly cookies: readonly string[];
}

const NOBODY: ResolvedSession = { session: null, accessToken: null, cookies: [] };

/** Resolves the sessions of all requests of this process. */
export class SessionKeeper {
  readonly #auth: AuthClient;
  readonly #key: AccessTokenKey;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #refreshes = new Map<string, Promise<RefreshResult>>();

  constructor(
    connections: {
      readonly auth: AuthClient;
      readonly tokenKey: AccessTokenKey;
      readonly clock: Clock;
      readonly log: Logger;
    },
  ) {
    this.#auth = connections.auth;
    this.#key = connections.tokenKey;
    this.#clock = connections.clock;
    this.#log = connections.log;
  }

  /**
   * Who a request is from. Requests of one person that arrive together refresh their tokens once:
   * a refresh token may be used a single time.
   *
   * @param cookieHeader The request's `Cookie` header.
   * @param secure Whether the site is served over https.
   * @throws {AppError} `auth_unavailable` if an expired token cannot be refreshed for now; the
   * session may well live on, so it is not ended.
   */
  async resolve(cookieHeader: string | null, secure: boolean): Promise<ResolvedSession> {
    const stored = readSessionCookie(cookieHeader, secure);
    if (stored === null) return NOBODY;
    const ended = () => ({ ...NOBODY, cookies: clearSessionCookie(cookieHeader, secure) });

    const expiry = expiryOf(stored.accessToken);
    if (expiry === null) return ended();
    const left = expiry * 1000 - this.#clock.now();
    if (left > config.session.refreshBefore) {
      const session = await this.#verify(stored);
      return session ? { session, accessToken: stored.accessToken, cookies: [] } : ended();
    }

    let refreshed: RefreshResult;
    try {
      refreshed = await this.#refreshOnce(stored.refreshToken);
    } catch (error) {
      if (left <= 0) throw error;
      this.#log.warn("a session could not be refreshed and goes on for now", { error });
      const session = await this.#verify(stored);
      return session ? { session, accessToken: stored.accessToken, cookies: [] } : ended();
    }
    if (refreshed.outcome === "ended") return ended();
    const session = await this.#verify(refreshed.tokens);
    if (session === null) return ended();
    return {
      session,
      accessToken: refreshed.tokens.accessToken,
      cookies: writeSessionCookie(refreshed.tokens, cookieHeader, secure),
    };
  }

  /** The session of tokens that were just handed out, or null if they do not verify. */
  begin(tokens: SessionTokens): Promise<Session | null> {
    return this.#verify(tokens);
  }

  #verify(tokens: SessionTokens): Promise<Session | null> {
    return verifyAccessToken(tokens.accessToken, this.#key, this.#clock.now());
  }

  #refreshOnce(refreshToken: string): Promise<RefreshResult> {
    const present = this.#refreshes.get(refreshToken);
    if (present) return present;
    const refresh = this.#auth.refresh(refreshToken);
    this.#refreshes.set(refreshToken, refresh);
    const forget = () => this.#refreshes.delete(refreshToken);
    refresh.then(
      () => Deno.unrefTimer(setTimeout(forget, config.session.refreshKeptFor)),
      // Nothing is known about the token then, so the next request asks again.
      forget,
    );
    return refresh;
  }
}
