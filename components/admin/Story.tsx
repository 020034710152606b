import { type I18n, isMessageKey, type Locale, type MessageKey } from "@core/platform/i18n.ts";
import type { StoryLine } from "../../site/member_story.ts";
import { Moment } from "../Moment.tsx";

/** Props of {@linkcode Story}. */
export interface StoryProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  /** The latest first. */
  readonly lines: readonly StoryLine[];
}

/** Everything that happened to a person, the latest first. */
export function Story({ i18n, locale, lines }: StoryProps) {
  const { t } = i18n;
  return (
    <section class="section" aria-labelledby="story" data-testid="member-story">
      <h2 id="story">{t("story.title")}</h2>
      {lines.length === 0 ? <p class="nothing">{t("story.none")}</p> : (
        <ol class="story">
          {lines.map((line) => (
            <li key={`${line.kind}-${line.ref}-${line.at.getTime()}`} data-kind={line.kind}>
              <p class="story-when">
                <Moment i18n={i18n} when={line.at} />
              </p>
              <p class="story-what">
                <span class="story-kind">{t(`story.${line.kind}`)}</span>
                <span>
                  {what(i18n, locale, line)}
                  {line.cents !== null && line.currency !== null && (
                    <>{" · "}{i18n.money(line.cents, line.currency)}</>
                  )}
                  {line.kind !== "claim" && line.detail && (
                    <>
                      {" · "}
                      <span class="fine">{line.detail}</span>
                    </>
                  )}
                </span>
              </p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function what(i18n: I18n, locale: Locale, { kind, what, detail, ref }: StoryLine) {
  const { t } = i18n;
  const named = (key: string) => isMessageKey(key) ? t(key as MessageKey) : what;
  switch (kind) {
    case "membership":
      return t("story.membership.begun");
    case "payment":
      return t(what === "invoice.posted" ? "story.payment.in" : "story.payment.moved");
    case "event":
      return <a href={`/${locale}/admin/webhooks/${ref}`}>{what}</a>;
    case "claim":
      return (
        <>
          <a href={`/${locale}/admin/claims/${ref}`}>{detail ?? t("story.claim.draft")}</a>:{" "}
          {named(`queue.status.${what}`)}
        </>
      );
    case "mail":
      return <a href={`/${locale}/admin/mails/${ref}`}>{named(`mails.template.${what}`)}</a>;
    case "audit":
      return named(`audit.${what.replaceAll(".", "_").toLowerCase()}`);
    case "note":
      return what;
  }
}
