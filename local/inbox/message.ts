import { eventsOf } from "./events.ts";

/** A name and value that the sender attaches to a mail for its own statistics. */
export interface Tag {
  name: string;
  value: string;
}

/** What the inbox remembers of an attachment; the bytes themselves are not kept. */
export interface Attachment {
  filename: string;
  contentType: string | null;
  /** Size in bytes, null when only a remote path was given. */
  size: number | null;
}

/** What a sender hands over, already checked. */
export interface Mail {
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo: string[];
  subject: string;
  html: string | null;
  text: string | null;
  headers: Record<string, string>;
  tags: Tag[];
  attachments: Attachment[];
  /** When Resend would send it, null for at once. */
  scheduledAt: string | null;
}

/** A mail as it lies in the inbox. */
export interface Message extends Mail {
  /** UUID, the id that Resend's API answers with. */
  id: string;
  /** When it was accepted, ISO 8601 in UTC. */
  createdAt: string;
  /** `api` came over HTTP, `auth` was handed over by the local Auth service. */
  source: "api" | "auth";
  /** The key of the request it came with, kept so that a restart still knows it. */
  idempotencyKey: string | null;
  /** SHA-256 of that request's path and body, hexadecimal. */
  requestHash: string | null;
}

/**
 * The message as `GET /api/messages` shows it.
 *
 * @param message A stored message.
 * @returns Plain JSON with snake_case keys.
 */
export function messageJson(message: Message): Record<string, unknown> {
  return {
    "id": message.id,
    "from": message.from,
    "to": message.to,
    "cc": message.cc,
    "bcc": message.bcc,
    "reply_to": message.replyTo,
    "subject": message.subject,
    "html": message.html,
    "text": message.text,
    "headers": message.headers,
    "tags": message.tags,
    "attachments": message.attachments.map((attachment) => ({
      "filename": attachment.filename,
      "content_type": attachment.contentType,
      "size": attachment.size,
    })),
    "scheduled_at": message.scheduledAt,
    "idempotency_key": message.idempotencyKey,
    "source": message.source,
    "created_at": message.createdAt,
  };
}

/**
 * The message as Resend's `GET /emails/:id` shows it.
 *
 * @param message A stored message.
 * @returns Plain JSON; `last_event` is what became of it.
 */
export function resendEmailJson(message: Message): Record<string, unknown> {
  return {
    "object": "email",
    "id": message.id,
    "from": message.from,
    "to": message.to,
    "cc": message.cc,
    "bcc": message.bcc,
    "reply_to": message.replyTo,
    "subject": message.subject,
    "html": message.html,
    "text": message.text,
    "tags": message.tags,
    "scheduled_at": message.scheduledAt,
    "created_at": message.createdAt,
    "last_event": eventsOf(message, message.createdAt).at(-1)?.type.replace("email.", ""),
  };
}
