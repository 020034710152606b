/** Small words about claims that several parts share. */
import type { Actor } from "@core/claims/timeline.ts";
import type { I18n } from "@core/platform/i18n.ts";

/** Who reads a page about a claim. */
export interface Reader {
  readonly id: string;
  /** Their role. */
  readonly role: string;
}

/** A size as people say it: "820 KB", "2.4 MB". */
export function fileSize(i18n: I18n, bytes: number): string {
  if (bytes < 1_000_000) return `${i18n.number(Math.max(1, Math.round(bytes / 1_000)))}\u00a0KB`;
  const tenths = `${Math.round(bytes / 100_000)}`;
  const decimal = i18n.locale === "en" ? "." : ",";
  return `${i18n.number(Number(tenths.slice(0, -1)))}${decimal}${tenths.at(-1)}\u00a0MB`;
}

/**
 * Who did something, as its reader says it: "You", a name, or what they are.
 *
 * @param i18n Words of the page.
 * @param by Who did it.
 * @param reader Who reads.
 */
export function actorName(i18n: I18n, by: Actor, reader: Reader): string {
  if (by.id !== null && by.id === reader.id) return i18n.t("claim.by.you");
  return by.name ?? i18n.t(`claim.by.${kindOf(by.role)}`);
}

/** What somebody is beside their name, or null where the name says enough. */
export function actorKind(i18n: I18n, by: Actor, reader: Reader): string | null {
  if ((by.id !== null && by.id === reader.id) || by.name === null) return null;
  return i18n.t(`claim.by.${kindOf(by.role)}`);
}

function kindOf(role: string): "member" | "agent" | "staff" {
  return role === "member" || role === "agent" ? role : "staff";
}
