/** The plain-text part of a mail. */
import type { I18n } from "@core/platform/i18n.ts";
import type { CommonFacts } from "./facts.ts";
import type { Block, Fact, Letter } from "./letter.ts";
import { lines, oneLine } from "./people.ts";

/** Longest line; longer words and addresses stay whole. */
const WIDTH = 72;

/** What surrounds the letter. */
export interface TextFrame {
  readonly i18n: I18n;
  readonly tenant: CommonFacts["tenant"];
  readonly greeting: string;
  readonly unsubscribe: string | null;
}

/**
 * Writes a letter as plain text.
 *
 * @param letter What the mail says.
 * @param frame Greeting, sender and how to decline such mails.
 * @returns Lines that end with a line feed.
 */
export function letterText(letter: Letter, frame: TextFrame): string {
  const { i18n: { t }, tenant, greeting, unsubscribe } = frame;
  const contact = [tenant.supportPhone, tenant.supportEmail].filter((way) => way !== null);
  const paragraphs = [
    greeting,
    underlined(letter.title, "="),
    ...letter.blocks.map(blockText),
    `${t("mail.regards")}\n${oneLine(tenant.name)}`,
    "--",
    ...(contact.length === 0 ? [] : [[t("mail.contact"), ...contact].join("\n")]),
    wrapped(t(letter.why)),
    ...(unsubscribe === null ? [] : [addressed(t("mail.unsubscribe"), unsubscribe)]),
    oneLine(tenant.legalName),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "text":
    case "note":
      return wrapped(block.text);
    case "heading":
      return underlined(block.text, "-");
    case "button":
    case "link":
      return addressed(block.label, block.href);
    case "facts":
      return factLines(block.facts);
    case "times":
      return block.times.map(({ when, what }) => hanging("- ", `${when}: ${what}`)).join("\n");
    case "steps":
      return block.steps.map(({ title, text }, at) =>
        `${hanging(`${at + 1}. `, title)}\n${hanging("   ", text)}`
      ).join("\n");
    case "points":
      return block.points.map(({ title, text }) =>
        hanging("- ", title === undefined ? text : `${title}: ${text}`)
      ).join("\n");
    case "callout":
      return wrapped(block.title === null ? block.text : `${block.title} ${block.text}`);
    case "quote":
      return [block.title, ...lines(block.text).map((line) => hanging("> ", line, "> "))]
        .join("\n");
    case "card":
      return [`${block.plan} (${block.badge})`, factLines(block.facts)].join("\n");
    case "scale":
      return `${block.low}, ${block.high}\n\n${addressed(block.label, block.href)}`;
  }
}

function factLines(facts: readonly Fact[]): string {
  return facts.map(({ label, value }) => hanging("", `${label}: ${value}`, "  ")).join("\n");
}

function addressed(label: string, href: string): string {
  return `${label}:\n${href}`;
}

function underlined(text: string, mark: string): string {
  const broken = wrapped(text);
  const longest = Math.max(...broken.split("\n").map((line) => [...line].length));
  return `${broken}\n${mark.repeat(longest)}`;
}

function wrapped(text: string): string {
  return hanging("", text, "");
}

/** Wraps at ordinary spaces: a date or an amount stays together. */
function hanging(first: string, text: string, rest = " ".repeat(first.length)): string {
  const done: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const indent = done.length === 0 ? first : rest;
    if (line !== "" && indent.length + line.length + 1 + word.length > WIDTH) {
      done.push(indent + line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  done.push((done.length === 0 ? first : rest) + line);
  return done.map((whole) => whole.trimEnd()).join("\n");
}
