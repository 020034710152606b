import { HttpError, page } from "fresh";
import type { Locale } from "@core/platform/i18n.ts";
import { buttonClass } from "../../../../../components/Button.tsx";
import { ContactLines } from "../../../../../components/Contact.tsx";
import { Icon } from "../../../../../components/Icon.tsx";
import { Outcome } from "../../../../../components/links/Outcome.tsx";
import { OwnLanguage } from "../../../../../components/links/OwnLanguage.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { readForm } from "../../../../../site/forms.ts";
import { boundVisits, keyOf, showFor } from "../../../../../site/link_pages.ts";
import {
  fulfil,
  type MailWish,
  readWish,
  type Wish,
  WishForm,
} from "../../../../../site/unsubscribing.ts";
import { define, type State } from "../../../../../utils.ts";

interface UnsubscribeData {
  readonly state: MailWish["state"];
  /** The member's own language, if the page is in another. */
  readonly ownLocale: Locale | null;
}

const DOOR = "unsubscribe page";

export const handler = define.handlers({
  /** Scanners and previews open links too, so this only asks. */
  async GET(ctx) {
    await boundVisits(ctx, DOOR);
    const wish = await readWish(ctx.state.services.db, keyOf(ctx));
    const ownLocale = await showFor(ctx.state, wish);
    return page<UnsubscribeData>(
      { state: wish.state, ownLocale },
      { status: wish.state === "unknown" ? 404 : 200 },
    );
  },

  async POST(ctx) {
    await boundVisits(ctx, DOOR);
    const form = await readForm(ctx.req, WishForm);
    if (!form.ok) throw new HttpError(400);
    const { wish } = form.value;
    const { state } = await fulfil(ctx.state.services.db, keyOf(ctx), wish);
    // What was stopped in the settings, or by a complaint, a link does not take back.
    const outcome = wish === "stop" ? "" : state === "subscribed" ? "?kept" : "?not-kept";
    return ctx.redirect(ctx.url.pathname + outcome, 303);
  },
});

export default define.page<typeof handler>(function Unsubscribe({ data, state, url }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const kept = url.searchParams.has("kept");
  const notKept = url.searchParams.has("not-kept");
  return (
    <Page
      i18n={i18n}
      title={t("unsubscribe.title")}
      ready="unsubscribe-page-ready"
      class="wrap page-narrow"
    >
      {data.ownLocale && <OwnLanguage url={url} locale={data.ownLocale} />}
      {data.state === "subscribed" && (
        <>
          {kept && (
            <Notice kind="good" title={t("unsubscribe.kept.title")}>
              <p>{t("unsubscribe.kept.text")}</p>
            </Notice>
          )}
          <h1>{t("unsubscribe.ask.title")}</h1>
          <p class="lead">{t("unsubscribe.ask.text")}</p>
          <ul class="ticks">
            <li>
              <Icon name="stop" size={20} />
              <p>
                <strong>{t("unsubscribe.stops")}</strong>
                <br />
                {t("unsubscribe.stops.text")}
              </p>
            </li>
            <li>
              <Icon name="check" size={20} />
              <p>
                <strong>{t("unsubscribe.goes_on")}</strong>
                <br />
                {t("unsubscribe.goes_on.text")}
              </p>
            </li>
          </ul>
          <WishButton i18n={i18n} url={url} wish="stop" />
        </>
      )}
      {data.state === "unsubscribed" && (
        <>
          {notKept && (
            <Notice kind="warning" title={t("unsubscribe.not_kept.title")}>
              <p>{t("unsubscribe.not_kept.text")}</p>
              <p>
                <a href={`/${locale}/member/settings`}>{t("settings.title")}</a>
              </p>
            </Notice>
          )}
          <Outcome
            title={t("unsubscribe.done.title")}
            text={t("unsubscribe.done.text")}
            testId="unsubscribe-done"
            good
          >
            {!notKept && (
              <>
                <p>{t("unsubscribe.undo.text")}</p>
                <WishButton i18n={i18n} url={url} wish="keep" />
              </>
            )}
          </Outcome>
        </>
      )}
      {data.state === "unknown" && (
        <Outcome
          title={t("unsubscribe.unknown.title")}
          text={t("unsubscribe.unknown.text")}
          testId="unsubscribe-unknown"
          good={false}
        >
          <ContactLines tenant={tenant} />
        </Outcome>
      )}
    </Page>
  );
});

interface WishButtonProps {
  readonly i18n: State["i18n"];
  readonly url: URL;
  readonly wish: Wish;
}

function WishButton({ i18n, url, wish }: WishButtonProps) {
  return (
    <form method="post" action={url.pathname}>
      <input type="hidden" name="wish" value={wish} />
      <SubmitOnce
        text={i18n.t(wish === "stop" ? "unsubscribe.button" : "unsubscribe.undo")}
        busyText={i18n.t("form.busy")}
        class={wish === "stop" ? `${buttonClass("primary")} button-wide` : buttonClass("secondary")}
        testId={`unsubscribe-${wish}`}
      />
    </form>
  );
}
