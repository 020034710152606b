import { page } from "fresh";
import { readMailPreferences, writeMailPreferences } from "@core/claims/notification_store.ts";
import { Notice } from "../../../../components/Notice.tsx";
import { Page } from "../../../../components/Page.tsx";
import { Tick } from "../../../../components/Tick.tsx";
import SubmitOnce from "../../../../islands/SubmitOnce.tsx";
import { AnyForm } from "../../../../site/claim_pages.ts";
import { readForm } from "../../../../site/forms.ts";
import { onlyRoles, viewerOf } from "../../../../site/guards.ts";
import { define } from "../../../../utils.ts";

/** Which mails about their claims a member wants; who works here gets none. */
export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    const elsewhere = await notAMember(ctx);
    if (elsewhere !== null) return elsewhere;
    const { id } = viewerOf(state);
    return page({ wanted: await state.db((tx) => readMailPreferences(tx, id)) });
  },

  async POST(ctx) {
    const { state } = ctx;
    const elsewhere = await notAMember(ctx);
    if (elsewhere !== null) return elsewhere;
    const { typed } = await readForm(ctx.req, AnyForm);
    await state.db((tx) =>
      writeMailPreferences(tx, {
        emailClaimUpdates: typed["updates"] !== undefined,
        emailMessages: typed["messages"] !== undefined,
      })
    );
    return ctx.redirect(`${ctx.url.pathname}?saved`, 303);
  },
});

type NotificationContext = Parameters<ReturnType<typeof onlyRoles>>[0];

async function notAMember(ctx: NotificationContext): Promise<Response | null> {
  return viewerOf(ctx.state).role === "member" ? null : await onlyRoles("member")(ctx);
}

export default define.page<typeof handler>(function Settings({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { emailClaimUpdates, emailMessages } = data.wanted;
  return (
    <Page
      i18n={i18n}
      title={t("notifications.settings")}
      ready="notification-settings-ready"
      class="page"
    >
      <div class="settings">
        <header class="page-head">
          <p>
            <a href={`/${locale}/notifications`}>{t("notifications.title")}</a>
          </p>
          <h1>{t("notifications.settings")}</h1>
          <p class="lead">{t("notifications.settings.text")}</p>
        </header>
        {url.searchParams.has("saved") && (
          <Notice kind="good">
            <p>{t("notifications.settings.saved")}</p>
          </Notice>
        )}
        <form method="post" action={url.pathname} class="form" data-testid="notification-settings">
          <section class="card" aria-labelledby="by-mail">
            <h2 class="card-title" id="by-mail">{t("notifications.settings.mail")}</h2>
            <Tick
              name="updates"
              label={t("notifications.settings.updates")}
              hint={t("notifications.settings.updates.hint")}
              checked={emailClaimUpdates}
            />
            <Tick
              name="messages"
              label={t("notifications.settings.messages")}
              hint={t("notifications.settings.messages.hint")}
              checked={emailMessages}
            />
            <p class="fine">{t("notifications.settings.always")}</p>
          </section>
          <div>
            <SubmitOnce
              text={t("notifications.settings.save")}
              busyText={t("form.busy")}
              class="button button-primary"
              testId="preferences-save"
            />
          </div>
        </form>
      </div>
    </Page>
  );
});
