/** Signing up, in and out through Supabase Auth. */
import { type AuthError, createClient, isAuthRetryableFetchError } from "@supabase/supabase-js";
import { AppError } from "@core/platform/errors.ts";
import type { Locale } from "@core/platform/i18n.ts";
import { authPassword } from "@core/identity/auth_password.ts";
import type { SessionTokens } from "@core/identity/session_cookie.ts";
import { LEGAL_VERSION } from "./legal_version.ts";

/** What a new account is made from. */
export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly fullName: string;
  /** The tenant whose site this is; the database checks it again. */
  readonly tenant: string;
  readonly locale: Locale;
  /** Path of the page where they go on once the address is confirmed; the sign-in page if left out. */
  readonly after?: string;
}

/** What became of a registration. `confirm`: a mail with a link was sent, or the address is taken. */
export type SignUpResult =
  | { readonly outcome: "signed_in"; readonly tokens: SessionTokens }
  | { readonly outcome: "confirm" | "taken" | "weak_password" | "bad_email" | "too_many" };

/** What became of an attempt to sign in. */
export type SignInResult =
  | { readonly outcome: "signed_in"; readonly tokens: SessionTokens }
  | { readonly outcome: "refused" | "unconfirmed" | "too_many" };

/** What became of a refresh: new tokens, or the session has ended. */
export type RefreshResult =
  | { readonly outcome: "refreshed"; readonly tokens: SessionTokens }
  | { readonly outcome: "ended" };

/** Supabase Auth, as far as the site needs it. All throw `auth_unavailable` if it does not answer. */
export interface AuthClient {
  /** Makes an account. */
  signUp(registration: Registration): Promise<SignUpResult>;
  /** Signs in with a password. */
  signIn(email: string, password: string): Promise<SignInResult>;
  /** Trades a refresh token for new tokens; the old one is used up. */
  refresh(refreshToken: string): Promise<RefreshResult>;
  /** Uses the code of a mail up that asks whether a new account's address is the reader's. Begins no session. */
  confirm(token: string): Promise<"confirmed" | "token_invalid">;
  /** Ends this one session, so that its refresh token is worth nothing any more. */
  signOut(accessToken: string): Promise<void>;
}

/** Longest wait for one answer of Supabase Auth, in milliseconds. */
const TIMEOUT = 10_000;
/** Longest wait for a refresh, which happens before a page is made. */
const REFRESH_TIMEOUT = 5_000;

/**
 * Prepares calls to a project's Auth.
 *
 * @param env The project's address and publishable key, and the site's address for links in mails.
 */
export function connectAuth(
  env: {
    readonly supabaseUrl: string;
    readonly supabasePublishableKey: string;
    readonly siteUrl: string;
  },
): AuthClient {
  // A client remembers who signed in through it, so each call gets one of its own.
  const auth = () =>
    createClient(env.supabaseUrl, env.supabasePublishableKey, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: {
        fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT) }),
      },
    }).auth;

  return {
    async signUp({ email, password, fullName, tenant, locale, after }) {
      const ask = () =>
        auth().signUp({
          email,
          password: authPassword(password),
          options: {
            data: {
              tenant,
              locale,
              "full_name": fullName,
              // The form says what is agreed to; the database notes it as consents.
              "terms_version": LEGAL_VERSION,
              "privacy_version": LEGAL_VERSION,
            },
            emailRedirectTo: `${env.siteUrl}${after ?? `/${locale}/login`}`,
          },
        });
      let { data, error } = await ask();
      // Of two sign-ups at once Auth answers one with a 500; asked again it says what it means.
      if (error?.status === 500) ({ data, error } = await ask());
      if (error) {
        if (isTaken(error)) return { outcome: "taken" };
        if (isAboutPassword(error)) return { outcome: "weak_password" };
        if (error.code === "email_address_invalid" || error.code === "validation_failed") {
          return { outcome: "bad_email" };
        }
        if (error.status === 429) return { outcome: "too_many" };
        throw unavailable(error);
      }
      const tokens = tokensOf(data.session);
      return tokens ? { outcome: "signed_in", tokens } : { outcome: "confirm" };
    },

    async signIn(email, password) {
      const { data, error } = await auth().signInWithPassword({
        email,
        password: authPassword(password),
      });
      if (error) {
        if (error.code === "email_not_confirmed") return { outcome: "unconfirmed" };
        if (error.status === 429) return { outcome: "too_many" };
        if (isRefusal(error)) return { outcome: "refused" };
        throw unavailable(error);
      }
      const tokens = tokensOf(data.session);
      if (!tokens) throw unavailable(new Error("a sign-in came without tokens"));
      return { outcome: "signed_in", tokens };
    },

    async refresh(refreshToken) {
      const { data, error } = await withinTime(
        auth().refreshSession({ "refresh_token": refreshToken }),
        REFRESH_TIMEOUT,
      );
      if (error) {
        if (isRefusal(error) && error.status !== 429) return { outcome: "ended" };
        throw unavailable(error);
      }
      const tokens = tokensOf(data.session);
      return tokens ? { outcome: "refreshed", tokens } : { outcome: "ended" };
    },

    async confirm(token) {
      const client = auth();
      const { error } = await client.verifyOtp({ type: "signup", "token_hash": token });
      if (error && isRefusal(error)) return "token_invalid";
      if (error) throw unavailable(error);
      await client.signOut({ scope: "local" });
      return "confirmed";
    },

    async signOut(accessToken) {
      const { error } = await auth().admin.signOut(accessToken, "local");
      // A session that Auth no longer knows has ended, which is what was wanted.
      if (error && !isRefusal(error)) throw unavailable(error);
    },
  };
}

/** The library tries a refresh again for half a minute; nobody waits that long for a page. */
async function withinTime<T>(answer: Promise<T>, patience: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(unavailable(new Error(`no answer within ${patience} ms`))),
    patience,
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Sign-in does not work at the moment; the visitor can only try again. */
function unavailable(cause: unknown): AppError {
  return new AppError({
    code: "auth_unavailable",
    status: 503,
    message: "Signing in does not work at the moment. Please try again shortly.",
    retryAfter: 5,
    cause,
  });
}

function isTaken(error: AuthError): boolean {
  return error.code === "user_already_exists" || error.code === "email_exists" ||
    /already (been )?registered/i.test(error.message);
}

/** Auth has a code for a password that is too easy, none for one that it cannot take. */
function isAboutPassword(error: AuthError): boolean {
  return error.code === "weak_password" ||
    (error.code === "validation_failed" && /password/i.test(error.message));
}

/** Whether Auth understood and said no, as opposed to not answering. */
function isRefusal(error: AuthError): boolean {
  return !isAuthRetryableFetchError(error) && error.status !== undefined && error.status >= 400 &&
    error.status < 500;
}

function tokensOf(
  session: { readonly "access_token": string; readonly "refresh_token": string } | null,
): SessionTokens | null {
  if (session === null) return null;
  return { accessToken: session.access_token, refreshToken: session.refresh_token };
}
