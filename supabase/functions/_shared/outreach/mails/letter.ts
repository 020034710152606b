/**
 * What a mail says, before it becomes HTML and plain text: both are made from the same blocks, so
 * that neither says less than the other.
 *
 * @module
 */
import type { I18n, Locale, MessageKey } from "@core/platform/i18n.ts";
import type { CommonFacts, MailFacts } from "./facts.ts";

/** A mail in words. */
export interface Letter {
  readonly subject: string;
  /** What inboxes show beside the subject. */
  readonly preheader: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Why the reader gets this mail. */
  readonly why: MessageKey;
}

/** A part of a mail. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  /** Small print. */
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "heading"; readonly text: string }
  /** What the mail asks for; at most one in a mail. */
  | { readonly kind: "button"; readonly label: string; readonly href: string }
  | { readonly kind: "link"; readonly label: string; readonly href: string }
  /** Names and values. */
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  /** What happens when, in this order. */
  | { readonly kind: "times"; readonly times: readonly Moment[] }
  /** What to do, one after the other. */
  | { readonly kind: "steps"; readonly steps: readonly Step[] }
  /** Things of equal weight: a tick where they are good to have or to do, else a dot. */
  | {
    readonly kind: "points";
    readonly mark: "tick" | "dot";
    readonly points: readonly Point[];
  }
  /** What stands out; `warm` asks for attention, `calm` helps. */
  | {
    readonly kind: "callout";
    readonly tone: "warm" | "calm";
    readonly title: string | null;
    readonly text: string;
  }
  /** What a person wrote, with line ends. */
  | { readonly kind: "quote"; readonly title: string; readonly text: string }
  /** The member's card. */
  | {
    readonly kind: "card";
    readonly plan: string;
    readonly badge: string;
    readonly facts: readonly Fact[];
  }
  /** A question answered with a number from 0 to 10. */
  | {
    readonly kind: "scale";
    readonly label: string;
    readonly href: string;
    readonly low: string;
    readonly high: string;
    readonly answers: readonly {
      readonly score: number;
      readonly label: string;
      readonly href: string;
    }[];
  };

/** A name and its value. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A point in time and what happens then. */
export interface Moment {
  readonly when: string;
  readonly what: string;
}

/** One thing to do. */
export interface Step {
  readonly title: string;
  readonly text: string;
}

/** One thing to know. */
export interface Point {
  readonly title?: string;
  readonly text: string;
}

/** What composing a letter needs beside the mail's details. */
export interface Desk {
  readonly i18n: I18n;
  readonly person: CommonFacts["person"];
  /** Address of a page in the reader's language. */
  page(path: string): string;
}

/**
 * The desk at which a mail's letter is written.
 *
 * @param facts The mail's facts.
 * @param i18n Words and formats of the reader's language, in the tenant's time zone.
 */
export function deskFor(
  facts: Pick<MailFacts, "locale" | "origin" | "person">,
  i18n: I18n,
): Desk {
  return {
    i18n,
    person: facts.person,
    page: (path) => pageAddress(facts.origin, facts.locale, path),
  };
}

function pageAddress(origin: string, locale: Locale, path: string): string {
  return `${origin}/${locale}/${path}`;
}
