/** What the functions ask of Supabase Auth about passwords. */
import { type AuthError, createClient, isAuthRetryableFetchError } from "@supabase/supabase-js";
import { AppError } from "@core/platform/errors.ts";
import type { FunctionsEnv } from "@core/platform/env.ts";
import { authPassword } from "./auth_password.ts";

/** What became of a new password. */
export type ResetResult =
  | {
    readonly outcome: "changed";
    /** Token of the session that the link opened, good for ending it and all others. */
    readonly accessToken: string;
  }
  | { readonly outcome: "token_invalid" | "weak_password" | "too_many" };

/** What became of a password that somebody who is signed in wants to change. */
export type ChangeResult =
  | { readonly outcome: "changed"; readonly accessToken: string; readonly refreshToken: string }
  | { readonly outcome: "wrong_password" | "weak_password" | "too_many" };

/** What became of a wish for another mail address, and of the link that confirms it. */
export type AddressWish =
  | {
    readonly outcome: "known";
    /**
     * Has Auth mail the link to the new address; nothing happens if it is somebody's already, or if it
     * is not to be sent. To be called in any case: it ends the session that the password began.
     */
    readonly ask: (send: boolean) => Promise<void>;
  }
  | { readonly outcome: "wrong_password" | "too_many" };

/** Supabase Auth, as far as passwords and addresses go. All throw `auth_unavailable` (503) if it does not answer. */
export interface PasswordAuth {
  /**
   * Has Auth make a link for a new password and hand it to our hook. Nothing happens for an address
   * without an account, or soon after the last time.
   */
  requestReset(email: string, redirectTo: string | null): Promise<void>;
  /** Sets another password, if the present one is right. Begins a session of its own. */
  change(email: string, present: string, password: string): Promise<ChangeResult>;
  /** Uses a link up and sets the password. */
  reset(token: string, password: string): Promise<ResetResult>;
  /** Looks whether a password is right, for a change of address that follows. */
  wishAddress(email: string, present: string, wanted: string): Promise<AddressWish>;
  /** Uses the link of such a mail up; the address is another one then. Begins no session. */
  confirmAddress(token: string): Promise<"confirmed" | "token_invalid" | "too_many">;
}

/** Longest wait for one answer of Auth, in milliseconds. */
const TIMEOUT = 10_000;

/**
 * Prepares calls to a project's Auth.
 *
 * @param env The project's address and publishable key.
 */
export function connectPasswordAuth(
  env: Pick<FunctionsEnv, "supabaseUrl" | "supabasePublishableKey">,
): PasswordAuth {
  // A client remembers who it acts for, so each call gets one of its own.
  const auth = () =>
    createClient(env.supabaseUrl, env.supabasePublishableKey, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: {
        fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT) }),
      },
    }).auth;

  return {
    async requestReset(email, redirectTo) {
      const options = redirectTo === null ? {} : { redirectTo };
      const { error } = await auth().resetPasswordForEmail(email, options);
      // 429: a link was sent a moment ago; that one is as good.
      if (error && error.status !== 429) throw unavailable(error);
    },

    async change(email, present, password) {
      const client = auth();
      const { data, error } = await client.signInWithPassword({
        email,
        password: authPassword(present),
      });
      if (error?.status === 429) return { outcome: "too_many" };
      if (error && isRefusal(error)) return { outcome: "wrong_password" };
      if (error) throw unavailable(error);
      const { access_token: accessToken, refresh_token: refreshToken } = data.session;
      const { error: refused } = await client.updateUser({ password: authPassword(password) });
      // Who chooses the password that they have already has what they wanted.
      if (refused === null || refused.code === "same_password") {
        return { outcome: "changed", accessToken, refreshToken };
      }
      await client.signOut({ scope: "local" });
      if (refused.code === "weak_password") return { outcome: "weak_password" };
      throw unavailable(refused);
    },

    async reset(token, password) {
      const client = auth();
      const { data, error } = await client.verifyOtp({ type: "recovery", "token_hash": token });
      if (error?.status === 429) return { outcome: "too_many" };
      if (error && isRefusal(error)) return { outcome: "token_invalid" };
      if (error) throw unavailable(error);
      if (data.session === null) return { outcome: "token_invalid" };
      const { access_token: accessToken } = data.session;

      let { error: refused } = await client.updateUser({ password: authPassword(password) });
      // The link is used up by now, so what may only be a lost packet is worth a second try.
      if (refused && isAuthRetryableFetchError(refused)) {
        ({ error: refused } = await client.updateUser({ password: authPassword(password) }));
      }
      // Who chooses the password that they have already has what they wanted.
      if (refused === null || refused.code === "same_password") {
        return { outcome: "changed", accessToken };
      }
      // The link opened a session, which nobody has the token of and nobody would ever end.
      await client.signOut({ scope: "local" });
      if (refused.code === "weak_password") return { outcome: "weak_password" };
      throw unavailable(refused);
    },

    async wishAddress(email, present, wanted) {
      const client = auth();
      const { error } = await client.signInWithPassword({ email, password: authPassword(present) });
      if (error?.status === 429) return { outcome: "too_many" };
      if (error && isRefusal(error)) return { outcome: "wrong_password" };
      if (error) throw unavailable(error);
      return {
        outcome: "known",
        async ask(send) {
          const { error: refused } = send
            ? await client.updateUser({ email: wanted })
            : { error: null };
          await client.signOut({ scope: "local" });
          // 422: the address is somebody's; 429: a link was sent a moment ago.
          if (refused && !isRefusal(refused)) throw unavailable(refused);
        },
      };
    },

    async confirmAddress(token) {
      const client = auth();
      const { error } = await client.verifyOtp({ type: "email_change", "token_hash": token });
      if (error?.status === 429) return "too_many";
      if (error && isRefusal(error)) return "token_invalid";
      if (error) throw unavailable(error);
      await client.signOut({ scope: "local" });
      return "confirmed";
    },
  };
}

/** Whether Auth understood and said no, as opposed to not answering. */
function isRefusal(error: AuthError): boolean {
  return !isAuthRetryableFetchError(error) && error.status !== undefined && error.status >= 400 &&
    error.status < 500;
}

function unavailable(cause: unknown): AppError {
  return new AppError({
    code: "auth_unavailable",
    status: 503,
    message: "This does not work at the moment. Please try again shortly.",
    retryAfter: 5,
    cause,
  });
}
