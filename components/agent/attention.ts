/** What waits about a member, in words and with the way there. */
import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { Attention } from "../../site/agent_attention.ts";

/** Letters of a note that a line shows. */
const SHOWN = 90;

/** Where something that waits is dealt with. */
export function attentionHref(
  locale: Locale,
  { reason, memberId, claimId }: Pick<Attention, "reason" | "memberId" | "claimId">,
): string {
  if (claimId !== null) return `/${locale}/agent/claims/${claimId}`;
  return `/${locale}/agent/members/${memberId}${reason === "follow_up" ? "#notes" : ""}`;
}

/** What is the matter, in a few words. */
export function attentionText(
  i18n: I18n,
  { reason, about, at }: Pick<Attention, "reason" | "about" | "at">,
): string {
  const date = at === null ? "–" : i18n.date(at);
  switch (reason) {
    case "suspended":
      return at === null
        ? i18n.t("agent.attention.suspended.plain")
        : i18n.t("agent.attention.suspended.text", { date });
    case "unpaid":
      return i18n.t("agent.attention.unpaid.text", { date });
    case "asked":
      return about ?? "";
    case "follow_up":
      return shortened(about ?? "");
    case "ending":
      return i18n.t("agent.attention.ending.text", { date });
  }
}

/** The beginning of a text. */
function shortened(text: string): string {
  const letters = [...text.replace(/\s+/g, " ")];
  return letters.length <= SHOWN ? letters.join("") : `${letters.slice(0, SHOWN).join("").trim()}…`;
}
