import { z } from "zod";
import type { Mail } from "./message.ts";
import { ResendError } from "./resend_error.ts";

const maxRecipients = 50;
const addressList = z.union([z.string(), z.array(z.string())]);

const EmailBody = z.object({
  "from": z.string().optional(),
  "to": addressList.optional(),
  "cc": addressList.nullish(),
  "bcc": addressList.nullish(),
  "reply_to": addressList.nullish(),
  "subject": z.string().optional(),
  "html": z.string().nullish(),
  "text": z.string().nullish(),
  "headers": z.record(z.string(), z.string()).nullish(),
  "tags": z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  "attachments": z.array(z.object({
    "content": z.union([z.string(), z.array(z.number())]).nullish(),
    "filename": z.union([z.string(), z.literal(false)]).nullish(),
    "path": z.string().nullish(),
    "content_type": z.string().nullish(),
  })).nullish(),
  "scheduled_at": z.string().nullish(),
});

/**
 * Reads one body of `POST /emails` by Resend's rules.
 *
 * @param body Parsed JSON of unknown shape.
 * @returns The mail.
 * @throws {ResendError} `missing_required_field` or `validation_error`, naming the field.
 */
export function readEmail(body: unknown): Mail {
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    throw new ResendError("validation_error", "The request body must be a JSON object.");
  }
  const parsed = EmailBody.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join(".") ?? "body";
    throw new ResendError(
      "validation_error",
      `Invalid \`${field}\` field. ${issue?.message ?? "It has the wrong shape."}`,
    );
  }
  const email = parsed.data;
  const from = required("from", email.from);
  const to = required("to", email.to);
  const subject = required("subject", email.subject);
  if (!email.html && !email.text) {
    throw new ResendError("validation_error", "Missing `html` or `text` field.");
  }
  checkAddress("from", from);
  return {
    from,
    to: addresses("to", to),
    cc: addresses("cc", email.cc),
    bcc: addresses("bcc", email.bcc),
    replyTo: addresses("reply_to", email.reply_to),
    subject,
    html: email.html || null,
    text: email.text || null,
    headers: checkHeaders(email.headers ?? {}),
    tags: checkTags(email.tags ?? []),
    attachments: (email.attachments ?? []).map((attachment) => ({
      filename: attachment.filename || "attachment",
      contentType: attachment.content_type ?? null,
      size: attachment.content === null || attachment.content === undefined
        ? null
        : contentSize(attachment.content),
    })),
    scheduledAt: email.scheduled_at ?? null,
  };
}

function required<T extends string | string[]>(field: string, value: T | undefined): T {
  if (value === undefined || value.length === 0) {
    throw new ResendError("missing_required_field", `Missing \`${field}\` field.`);
  }
  return value;
}

function addresses(field: string, value: string | string[] | null | undefined): string[] {
  const list = value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (list.length > maxRecipients) {
    throw new ResendError(
      "validation_error",
      `The \`${field}\` field must have at most ${maxRecipients} recipients.`,
    );
  }
  for (const address of list) checkAddress(field, address);
  return list;
}

const addressShape = /^[^\s<>@",;:\\()[\]]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z0-9-]{2,}$/i;

function checkAddress(field: string, value: string): void {
  const inBrackets = /^[^<>\r\n]*<([^<>\r\n]+)>$/.exec(value.trim());
  if (!addressShape.test(inBrackets?.[1] ?? value.trim())) {
    throw new ResendError(
      "validation_error",
      `Invalid \`${field}\` field. The email address needs to follow the ` +
        "`email@example.com` or `Name <email@example.com>` format.",
    );
  }
}

function checkHeaders(headers: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    // A line break in either would let a value start a header of its own.
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[\r\n\0]/.test(value)) {
      throw new ResendError("validation_error", `Invalid \`headers\` field: \`${name}\`.`);
    }
  }
  return headers;
}

function checkTags<T extends { name: string; value: string }>(tags: T[]): T[] {
  for (const tag of tags) {
    for (const part of [tag.name, tag.value]) {
      if (!/^[A-Za-z0-9_-]{1,256}$/.test(part)) {
        throw new ResendError(
          "validation_error",
          "Tags should only contain ASCII letters, numbers, underscores, or dashes.",
        );
      }
    }
  }
  return tags;
}

function contentSize(content: string | number[]): number {
  // Text content is Base64: four characters carry three bytes.
  return typeof content === "string"
    ? Math.floor(content.replace(/=+$/, "").length * 3 / 4)
    : content.length;
}
