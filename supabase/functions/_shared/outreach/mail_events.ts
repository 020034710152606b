/**
 * What Resend tells about mails on their way: https://resend.com/docs/webhooks/event-types
 */
import { z } from "zod";
import type { Transaction } from "@core/platform/database.ts";
import { type Instant, parseInstant } from "@core/platform/instant.ts";

/** An event as we need it. */
export interface MailEvent {
  /** Such as `email.delivered`. */
  readonly type: string;
  readonly occurredAt: Instant;
  /** Resend's id of the mail; null where the event is not about a mail. */
  readonly messageId: string | null;
  /** Our id of the mail, which travels with it as a tag; null for mails that are not the ledger's. */
  readonly mailId: string | null;
  readonly recipient: string | null;
  /** Whether no more mails may go to the address, or no more helpful ones to the person. */
  readonly suppress: "bounced" | "complained" | null;
  /** What Resend said of it: codes and a reason, no content of the mail. */
  readonly detail: Readonly<Record<string, string>>;
}

const short = z.string().transform((text) => text.replaceAll("\0", "").slice(0, 500));

/** Resend wrote tags as a list at first and as an object now. */
const Tags = z.union([
  z.record(z.string(), z.string()),
  z.array(z.object({ name: z.string(), value: z.string() }))
    .transform((tags) => Object.fromEntries(tags.map(({ name, value }) => [name, value]))),
]);

const Event = z.object({
  type: z.string().regex(/^[a-z_]+(\.[a-z_]+){1,4}$/).max(80),
  "created_at": z.string().transform((text, context) => {
    const instant = parseInstant(text.replace(" ", "T").replace(/\+00$/, "Z"));
    if (instant === null) context.addIssue({ code: "custom", message: "is no time" });
    return instant as Instant;
  }),
  data: z.object({
    "email_id": short.pipe(z.string().max(200)).nullish(),
    to: z.union([short, z.array(short)]).nullish(),
    tags: Tags.nullish().catch(null),
    bounce: z.object({
      type: short.nullish(),
      subType: short.nullish(),
      message: short.nullish(),
    }).nullish().catch(null),
    failed: z.object({ reason: short.nullish() }).nullish().catch(null),
    suppressed: z.object({ type: short.nullish(), message: short.nullish() }).nullish().catch(null),
  }),
});

/**
 * Reads an event.
 *
 * @param body The delivery's JSON, parsed.
 * @returns The event, or null if it is none.
 */
export function parseMailEvent(body: unknown): MailEvent | null {
  const parsed = Event.safeParse(body);
  if (!parsed.success) return null;
  const { type, created_at: occurredAt, data } = parsed.data;
  const { bounce, failed, suppressed } = data;
  const mailId = data.tags?.["send"];
  return {
    type,
    occurredAt,
    messageId: data.email_id ?? null,
    mailId: mailId !== undefined && z.uuid().safeParse(mailId).success ? mailId : null,
    recipient: [data.to ?? []].flat()[0] ?? null,
    suppress: suppressedBy(type, bounce?.type ?? null),
    detail: withoutNothing({
      reason: bounce?.message ?? failed?.reason ?? suppressed?.message,
      type: bounce?.type ?? suppressed?.type,
      subType: bounce?.subType,
    }),
  };
}

/** A full mailbox or a server that is away for a day is no reason to give an address up. */
function suppressedBy(type: string, bounce: string | null): MailEvent["suppress"] {
  if (type === "email.bounced") return bounce === "Transient" ? null : "bounced";
  // Resend has the address on its own list: it bounced or complained before.
  if (type === "email.suppressed") return "bounced";
  return type === "email.complained" ? "complained" : null;
}

function withoutNothing(
  values: Readonly<Record<string, string | null | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/**
 * Stores an event once, and what follows from it: the ledger's notes, and an address or a person that
 * gets no more mails.
 *
 * @param tx A transaction of the webhooks' role.
 * @param id Id of the delivery, the same at every try.
 * @param event The event.
 * @returns `stored`, `duplicate`, or `unknown_mail` if the ledger has no such mail.
 */
export async function recordMailEvent(
  tx: Transaction,
  id: string,
  event: MailEvent,
): Promise<"stored" | "duplicate" | "unknown_mail"> {
  const [row] = await tx<{ result: "stored" | "duplicate" | "unknown_mail" }[]>`
    select private.record_mail_event(
      ${id}, ${event.type}, ${event.occurredAt}::timestamptz, ${event.messageId},
      ${event.mailId}::uuid, ${event.recipient}, ${event.suppress}, ${tx.json(event.detail)}
    ) as result`;
  if (row === undefined) throw new Error("private.record_mail_event returned no row");
  return row.result;
}
