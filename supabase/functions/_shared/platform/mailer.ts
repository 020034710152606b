/**
 * Hands mails to Resend: the only file that knows its SDK. What Resend answers becomes an outcome
 * that says what to do next; nothing is thrown for an answer, or for none.
 *
 * Sources: https://resend.com/docs/api-reference/errors and …/dashboard/emails/idempotency-keys
 */
import { Resend } from "resend";
import { z } from "zod";
import type { MailEnv } from "./env.ts";

/** A mail as it leaves. */
export interface OutgoingMail {
  /** `"Name" <address>`. */
  readonly from: string;
  readonly to: string;
  readonly replyTo: string | null;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Come back with each of Resend's events; ASCII letters, digits, `-` and `_` only. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What became of a call. */
export type MailOutcome =
  /** Taken. One id a mail, in order; null where the answer named none. */
  | { readonly kind: "accepted"; readonly ids: readonly (string | null)[] }
  /** Taken before, under the same key, with other bytes: a release in between worded it anew. */
  | { readonly kind: "accepted_before" }
  /** Surely not taken: too many calls, or the quota is used up. Nobody should call until then. */
  | { readonly kind: "held"; readonly code: string; readonly milliseconds: number }
  /** Surely not taken, and none will be until an operator acts: key, domain or sender. */
  | { readonly kind: "misconfigured"; readonly code: string; readonly message: string }
  /** Surely not taken: something is wrong with the mails themselves. */
  | {
    readonly kind: "refused";
    readonly code: string;
    readonly message: string;
    /** Whether the recipient's address is what is wrong; certain only of a single mail. */
    readonly isAddress: boolean;
  }
  /** Taken or not, nobody knows: no answer, a broken one, or an error of theirs. */
  | { readonly kind: "unknown"; readonly code: string };

/** Sends mails. */
export interface Mailer {
  /**
   * Hands over up to 100 mails, all or none.
   *
   * @param mails The mails; the same ones in the same order at every try.
   * @param key At most 256 characters; for 24 hours Resend takes what comes with it once.
   * @returns What became of it; never rejects.
   */
  sendBatch(mails: readonly OutgoingMail[], key: string): Promise<MailOutcome>;
}

/** Times of {@link connectMailer}, in milliseconds. */
export interface MailerOptions {
  /** Longest that an answer is waited for; 10 s. */
  readonly timeout?: number;
}

/** Longest that a single answer may make us wait. */
const LONGEST_HOLD = 3_600_000;
const QUOTA_HOLD = 3_600_000;
/** What Resend says in numbers of seconds is a second where it says nothing. */
const RATE_HOLD = 1_000;

/**
 * Prepares sending. Nothing is called yet.
 *
 * @param env Key and address of Resend.
 * @param options Times.
 * @returns Sends mails.
 */
export function connectMailer(
  env: Pick<MailEnv, "apiKey" | "baseUrl">,
  options: MailerOptions = {},
): Mailer {
  const timeout = options.timeout ?? 10_000;
  const resend = new Resend(env.apiKey, { baseUrl: env.baseUrl ?? "https://api.resend.com" });
  return {
    async sendBatch(mails, key) {
      try {
        const answer = await resend.batch.send(mails.map(toResend), {
          idempotencyKey: key,
          signal: AbortSignal.timeout(timeout),
        });
        return outcomeOf(answer, mails.length);
      } catch {
        // Aborted while an error's body was read: an answer was on its way, and which is not known.
        return { kind: "unknown", code: "no_answer" };
      }
    },
  };
}

function toResend(mail: OutgoingMail) {
  return {
    from: mail.from,
    to: [mail.to],
    ...(mail.replyTo === null ? {} : { replyTo: mail.replyTo }),
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    headers: { ...mail.headers },
    tags: Object.entries(mail.tags).map(([name, value]) => ({ name, value })),
  };
}

const Accepted = z.object({ data: z.array(z.object({ id: z.string().max(200) })) });
const Refused = z.object({
  name: z.string().max(100).catch("unnamed_error"),
  statusCode: z.number().int().nullable().catch(null),
  message: z.string().catch(""),
});

/**
 * What an answer of Resend's SDK means. Anything that is not understood is `unknown`: then the same
 * mails are sent again under the same key, which is safe whatever had happened.
 *
 * @param answer What the SDK resolved to.
 * @param count How many mails were handed over.
 * @returns The outcome.
 */
export function outcomeOf(
  answer: {
    readonly data?: unknown;
    readonly error?: unknown;
    readonly headers?: Readonly<Record<string, string>> | null;
  },
  count: number,
): MailOutcome {
  if (answer.error === null || answer.error === undefined) {
    const accepted = Accepted.safeParse(answer.data);
    if (!accepted.success) return { kind: "unknown", code: "unreadable_answer" };
    const ids = accepted.data.data.map(({ id }) => id);
    // Taken it is; whose is whose is known only if there is one for each.
    if (ids.length === count) return { kind: "accepted", ids };
    return { kind: "accepted", ids: Array.from({ length: count }, () => null) };
  }
  const parsed = Refused.safeParse(answer.error);
  if (!parsed.success) return { kind: "unknown", code: "unreadable_answer" };
  const { name: code, statusCode: status, message } = parsed.data;
  if (status === null || status >= 500 || status < 400 || status === 408) {
    return { kind: "unknown", code };
  }
  if (status === 409) {
    return code === "invalid_idempotent_request"
      ? { kind: "accepted_before" }
      : { kind: "unknown", code };
  }
  if (status === 429) return { kind: "held", code, milliseconds: holdOf(code, answer.headers) };
  if (isOurFault(code, status, message)) return { kind: "misconfigured", code, message };
  return { kind: "refused", code, message, isAddress: isAboutRecipient(message) };
}

/** `daily_quota_exceeded` and `monthly_quota_exceeded` come as 429, too, and last far longer. */
function holdOf(code: string, headers: Readonly<Record<string, string>> | null | undefined) {
  if (code.endsWith("_quota_exceeded")) return QUOTA_HOLD;
  const asked = headers?.["retry-after"];
  if (asked === undefined || asked === "") return RATE_HOLD;
  const milliseconds = /^\d+(\.\d+)?$/.test(asked)
    ? Number(asked) * 1_000
    : Date.parse(asked) - Date.now();
  if (!Number.isFinite(milliseconds)) return RATE_HOLD;
  return Math.min(Math.max(Math.ceil(milliseconds), RATE_HOLD), LONGEST_HOLD);
}

/** A key that is not known, a domain that is not verified, a sender that is none: all mails fail alike. */
function isOurFault(code: string, status: number, message: string): boolean {
  if ([401, 403, 404, 405, 451].includes(status)) return true;
  return code === "invalid_from_address" || code === "invalid_access" ||
    /`from`|\bdomain\b.*\b(verif|regist)/i.test(message);
}

function isAboutRecipient(message: string): boolean {
  return /`to`|\brecipient/i.test(message);
}
