import type { ComponentChild } from "preact";
import type { Message } from "./message.ts";

const parts = { html: "HTML", text: "Text", headers: "Headers", source: "Source" } as const;

/** A part of a mail that the viewer can show. */
export type Part = keyof typeof parts;

/**
 * Whether a query value names a part.
 *
 * @param value What the address says.
 */
export function isPart(value: string): value is Part {
  return Object.hasOwn(parts, value);
}

/** The list of mails, newest first. */
export function MessageList(
  { messages, selected }: { messages: Message[]; selected: string | null },
) {
  return (
    <nav class="list" aria-label="Mails, newest first">
      <ol>
        {messages.map((message) => (
          <li key={message.id}>
            <a
              href={`/messages/${message.id}`}
              {...(message.id === selected ? { "aria-current": "page" as const } : {})}
            >
              <span class="list-to">{message.to.join(", ")}</span>
              <time dateTime={message.createdAt}>{shortTime(message.createdAt)}</time>
              <span class="list-subject">{message.subject}</span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** One mail: who, when, and the chosen part. */
export function MessageView({ message, part }: { message: Message; part: Part }) {
  return (
    <section class="view" aria-labelledby="subject">
      <a class="back" href="/">‹ All mails</a>
      <h2 id="subject">{message.subject}</h2>
      <dl class="facts">
        <Fact name="To">{message.to.join(", ")}</Fact>
        <Fact name="From">{message.from}</Fact>
        {message.cc.length > 0 && <Fact name="Cc">{message.cc.join(", ")}</Fact>}
        {message.bcc.length > 0 && <Fact name="Bcc">{message.bcc.join(", ")}</Fact>}
        {message.replyTo.length > 0 && <Fact name="Reply to">{message.replyTo.join(", ")}</Fact>}
        <Fact name="Sent">
          <time dateTime={message.createdAt}>{longTime(message.createdAt)}</time>
        </Fact>
        {message.tags.length > 0 && (
          <Fact name="Tags">
            {message.tags.map((tag) => (
              <span class="tag" key={tag.name}>{tag.name}: {tag.value}</span>
            ))}
          </Fact>
        )}
        {message.attachments.length > 0 && (
          <Fact name="Attached">
            {message.attachments.map((one) =>
              `${one.filename}${one.size === null ? "" : ` (${one.size} bytes)`}`
            ).join(", ")}
          </Fact>
        )}
      </dl>
      <nav class="parts" aria-label="Parts of this mail">
        {Object.entries(parts).map(([key, label]) => (
          <a
            key={key}
            href={`/messages/${message.id}?part=${key}`}
            {...(key === part ? { "aria-current": "page" as const } : {})}
          >
            {label}
          </a>
        ))}
        <a href={`/api/messages/${message.id}`}>JSON</a>
      </nav>
      <PartBody message={message} part={part} />
    </section>
  );
}

function PartBody({ message, part }: { message: Message; part: Part }) {
  if (part === "html") {
    return message.html === null ? <p class="missing">This mail has no HTML part.</p> : (
      <iframe
        class="html-part"
        title={`HTML part of “${message.subject}”`}
        src={`/messages/${message.id}/html`}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
      />
    );
  }
  if (part === "text") {
    return message.text === null
      ? <p class="missing">This mail has no text part.</p>
      : <pre class="text-part">{withLinks(message.text)}</pre>;
  }
  if (part === "source") {
    return message.html === null
      ? <p class="missing">This mail has no HTML part.</p>
      : <pre class="text-part source-part" tabIndex={0}>{message.html}</pre>;
  }
  const headers: [string, string][] = [
    ["From", message.from],
    ["To", message.to.join(", ")],
    ["Subject", message.subject],
    ["Date", new Date(message.createdAt).toUTCString()],
    ...Object.entries(message.headers),
    ...(message.idempotencyKey === null
      ? []
      : [["Idempotency-Key (of the request)", message.idempotencyKey] as [string, string]]),
  ];
  return (
    <dl class="facts headers-part">
      {headers.map(([name, value]) => <Fact key={name} name={name}>{value}</Fact>)}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChild }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function withLinks(text: string): ComponentChild[] {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((piece, index) =>
    index % 2 === 0
      ? piece
      : <a href={piece} target="_blank" rel="noopener noreferrer" key={index}>{piece}</a>
  );
}

function shortTime(iso: string): string {
  return `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
}

function longTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
