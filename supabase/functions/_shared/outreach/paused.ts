/** Which mails wait because an operator's switch says so. */
import type { Flags } from "@core/platform/flags.ts";
import { MAIL_KINDS, MAIL_TEMPLATES, type MailKind } from "./mails/templates.ts";

/** What waits. */
export interface Pauses {
  /** Kinds of mail that nobody is sent. */
  readonly kinds: readonly MailKind[];
  /** Mails that the people of some countries are not sent, as `tenant template`. */
  readonly held: readonly string[];
}

/** Nothing waits. */
export const NO_PAUSES: Pauses = { kinds: [], held: [] };

/** Answers to what people do, such as a new password, are never paused. */
const SWITCHES = [
  ["dunning", "pause_dunning"],
  ["engagement", "pause_engagement"],
  ["nps", "pause_nps"],
] as const;

/**
 * Reads the switches.
 *
 * @param flags The switches.
 */
export async function readPauses(flags: Flags): Promise<Pauses> {
  const kinds: MailKind[] = [];
  const held: string[] = [];
  for (const [kind, key] of SWITCHES) {
    if (await flags.isOn(key)) kinds.push(kind);
    for (const tenant of await flags.tenantsWith(key)) {
      for (const template of MAIL_TEMPLATES) {
        if (MAIL_KINDS[template] === kind) held.push(`${tenant} ${template}`);
      }
    }
  }
  return { kinds, held };
}

/** Whether all of these kinds wait, so that a job has nothing to do. */
export function isPaused(pauses: Pauses, kinds: readonly MailKind[]): boolean {
  return kinds.every((kind) => pauses.kinds.includes(kind));
}
