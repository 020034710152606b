/**
 * What Resend would tell of a mail on its way (resend.com/docs/webhooks/event-types). How a mail fares
 * is decided by the local part of its address: `bounce…` bounces, `complain…` arrives and is marked
 * as spam, `full…` has a full mailbox for now, everyone else gets it.
 */
import type { Message } from "./message.ts";

/** One event, as it is delivered. */
export interface MailEvent {
  readonly type: string;
  /** ISO 8601. */
  readonly created_at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The events of a mail, in order.
 *
 * @param message The mail.
 * @param at When they happen, ISO 8601.
 */
export function eventsOf(message: Message, at: string): MailEvent[] {
  const event = (type: string, more: Record<string, unknown> = {}): MailEvent => ({
    type,
    "created_at": at,
    data: {
      "created_at": message.createdAt,
      "email_id": message.id,
      "message_id": `<${message.id}@inbox.local>`,
      from: message.from,
      to: message.to,
      subject: message.subject,
      tags: Object.fromEntries(message.tags.map(({ name, value }) => [name, value])),
      ...more,
    },
  });
  const sent = event("email.sent");
  switch (fateOf(message.to[0] ?? "")) {
    case "bounce":
      return [
        sent,
        event("email.bounced", {
          bounce: {
            message: "The recipient's email provider sent a hard bounce message.",
            type: "Permanent",
            subType: "General",
          },
        }),
      ];
    case "complain":
      return [sent, event("email.delivered"), event("email.complained")];
    case "full":
      return [
        sent,
        event("email.bounced", {
          bounce: { message: "The mailbox is full.", type: "Transient", subType: "MailboxFull" },
        }),
      ];
    case "arrive":
      return [sent, event("email.delivered")];
  }
}

/**
 * What becomes of a mail.
 *
 * @param address Its recipient, with or without a name.
 */
export function fateOf(address: string): "bounce" | "complain" | "full" | "arrive" {
  const local = address.replace(/^.*</, "").toLowerCase();
  if (local.startsWith("bounce")) return "bounce";
  if (local.startsWith("complain")) return "complain";
  return local.startsWith("full") ? "full" : "arrive";
}
