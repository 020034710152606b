/** The function `auth`, asked on behalf of whoever fills in a form. */
import { AppError } from "@core/platform/errors.ts";
import type { Locale } from "@core/platform/i18n.ts";
import type { SessionTokens } from "@core/identity/session_cookie.ts";
import type { Role } from "@core/identity/roles.ts";

/** Somebody to be invited. */
export interface Invitee {
  readonly email: string;
  readonly role: Role;
  readonly branchId: string | null;
  readonly fullName: string;
  readonly locale: Locale;
  /** For super admins; null for one's own. */
  readonly tenantId: string | null;
}

/** What the function answers: done, or the code of its error. */
export type AccountAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string };

/** Whether an invitation's mail went out. */
export interface InvitationMail {
  readonly id: string;
  readonly mail: "sent" | "failed";
}

/** What is asked of the function. All throw `auth_unavailable` if it does not answer. */
export interface AccountClient {
  /** Has a link sent, if there is such an account; nobody learns whether. */
  requestReset(email: string, locale: Locale): Promise<AccountAnswer<unknown>>;
  /** Uses a link to set a password. */
  resetPassword(token: string, password: string): Promise<AccountAnswer<unknown>>;
  /** Chooses the first password of a new member by the link of their mail; says whose account it is. */
  claimAccount(
    token: string,
    password: string,
  ): Promise<AccountAnswer<{ readonly email: string }>>;
  /**
   * Changes the password of whoever bears the token and knows the present one. All their sessions
   * end; the answer begins a new one.
   */
  changePassword(
    accessToken: string,
    present: string,
    password: string,
  ): Promise<AccountAnswer<SessionTokens>>;
  /**
   * Has a link sent to another address for whoever bears the token and knows the password; nobody learns
   * whether the address is somebody's.
   */
  changeEmail(accessToken: string, present: string, email: string): Promise<AccountAnswer<unknown>>;
  /** Uses that link up: the address is another one then. */
  confirmEmail(token: string): Promise<AccountAnswer<unknown>>;
  /** Invites somebody, in the name of whoever bears the token. */
  invite(accessToken: string, invitee: Invitee): Promise<AccountAnswer<InvitationMail>>;
  /** Sends an invitation once more, with a link of its own. */
  renewInvitation(accessToken: string, id: string): Promise<AccountAnswer<InvitationMail>>;
}

/** Longest wait for an answer, in milliseconds; an invitation's mail is sent before it. */
const PATIENCE = 20_000;

/**
 * Prepares calls to the function.
 *
 * @param env The project's address and publishable key.
 */
export function connectAccounts(
  env: { readonly supabaseUrl: string; readonly supabasePublishableKey: string },
): AccountClient {
  async function ask<T>(
    path: string,
    body: object,
    accessToken: string | null = null,
  ): Promise<AccountAnswer<T>> {
    let answer: Response;
    try {
      answer = await fetch(`${env.supabaseUrl}/functions/v1/auth/${path}`, {
        method: "POST",
        headers: {
          apikey: env.supabasePublishableKey,
          "content-type": "application/json",
          ...(accessToken === null ? {} : { authorization: `Bearer ${accessToken}` }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch (error) {
      throw unavailable(error);
    }
    const said: unknown = await answer.json().catch(() => null);
    if (answer.ok) return { ok: true, value: said as T };
    const code = (said as { error?: { code?: unknown } } | null)?.error?.code;
    if (answer.status >= 500 || typeof code !== "string") {
      throw unavailable(new Error(`the function auth answers ${answer.status}`));
    }
    return { ok: false, code };
  }

  return {
    requestReset: (email, locale) =>
      ask("request-password-reset", { email, callbackURL: `/${locale}/reset-password` }),
    resetPassword: (token, password) => ask("reset-password", { token, password }),
    claimAccount: (token, password) => ask("claim-account", { token, password }),
    changePassword: (accessToken, present, password) =>
      ask("change-password", { present, password }, accessToken),
    changeEmail: (accessToken, present, email) =>
      ask("change-email", { present, email }, accessToken),
    confirmEmail: (token) => ask("confirm-email", { token }),
    invite: (accessToken, invitee) => ask("invitations", invitee, accessToken),
    renewInvitation: (accessToken, id) =>
      ask(`invitations/${encodeURIComponent(id)}/renew`, {}, accessToken),
  };
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
