/** The letter with one question. */
import type { FactsOf } from "../facts.ts";
import type { Desk, Letter } from "../letter.ts";

/** How likely somebody is to recommend us. Opening a link answers nothing: the page asks again. */
export function survey(desk: Desk, { surveyUrl }: FactsOf<"nps_v1">["details"]): Letter {
  const { t } = desk.i18n;
  const answers = Array.from({ length: 11 }, (_, score) => ({
    score,
    label: t("mail.nps_v1.score", { score }),
    href: withScore(surveyUrl, score),
  }));
  return {
    subject: t("mail.nps_v1.subject"),
    preheader: t("mail.nps_v1.preheader"),
    title: t("mail.nps_v1.title"),
    why: "mail.why.optional",
    blocks: [
      { kind: "text", text: t("mail.nps_v1.text") },
      {
        kind: "scale",
        label: t("mail.nps_v1.button"),
        href: surveyUrl,
        low: t("mail.nps_v1.low"),
        high: t("mail.nps_v1.high"),
        answers,
      },
      { kind: "note", text: t("mail.nps_v1.note") },
    ],
  };
}

/** The survey with a number already chosen. */
function withScore(surveyUrl: string, score: number): string {
  const url = new URL(surveyUrl);
  url.searchParams.set("score", `${score}`);
  return url.href;
}
