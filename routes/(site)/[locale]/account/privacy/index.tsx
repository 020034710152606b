import { HttpError, page } from "fresh";
import { z } from "zod";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { AgreedCard, MailsCard } from "../../../../../components/privacy/ChoicesCards.tsx";
import { DeletionCard } from "../../../../../components/privacy/DeletionCard.tsx";
import { ExportCard } from "../../../../../components/privacy/ExportCard.tsx";
import { KeptCard } from "../../../../../components/privacy/KeptCard.tsx";
import { readForm } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { privacyPath, withQuery } from "../../../../../site/links.ts";
import {
  cancelDeletion,
  type Choices,
  type PrivacyState,
  readChoices,
  readPrivacy,
  requestExport,
} from "../../../../../site/privacy.ts";
import { REFUSED } from "../../../../../site/refused_download.ts";
import { define } from "../../../../../utils.ts";

/** What is asked for: a copy of the data, or to keep the account after all. */
const Act = z.object({ do: z.enum(["export", "keep"]) });

/** What there is to say after a form was sent, as long as it is so. */
const DONE = {
  export: (state: PrivacyState) => state.exportExpiresAt !== null,
  deletion: (state: PrivacyState) => state.deletionDueAt !== null,
  cancelled: (state: PrivacyState) => state.deletionDueAt === null,
} as const;

/** What is kept about a person, a copy of it, and the way to delete it; for everyone signed in. */
export const handler = define.handlers({
  async GET(ctx) {
    const { id } = viewerOf(ctx.state);
    const [state, choices] = await ctx.state.db((tx) =>
      Promise.all([readPrivacy(tx), readChoices(tx, id)])
    );
    // Locked or forgotten since the request began: the next one is nobody's.
    if (state === null) throw new HttpError(404);
    return page<{ state: PrivacyState; choices: Choices }>({ state, choices });
  },

  async POST(ctx) {
    const form = await readForm(ctx.req, Act);
    if (!form.ok) throw new HttpError(400);
    const wanted = form.value.do;
    const here = privacyPath(ctx.state.locale);
    if (wanted === "export") {
      await ctx.state.db((tx) => requestExport(tx));
      return ctx.redirect(`${withQuery(here, { done: "export" })}#copy`, 303);
    }
    // Pressed twice, or in a page that was left open: the account stays either way.
    await ctx.state.db((tx) => cancelDeletion(tx));
    return ctx.redirect(withQuery(here, { done: "cancelled" }), 303);
  },
});

export default define.page<typeof handler>(function Privacy({ data, state: scope, url }) {
  const { i18n, locale, tenant } = scope;
  const { t } = i18n;
  const { state, choices } = data;
  const viewer = viewerOf(scope);
  const action = privacyPath(locale);
  const asked = url.searchParams.get("done");
  const done = (["export", "deletion", "cancelled"] as const).find((one) => one === asked);
  const refused = REFUSED.find((one) => one === url.searchParams.get("refused"));
  return (
    <Page i18n={i18n} title={t("privacy.title")} ready="account-privacy-ready" class="page">
      <div class="settings">
        <header class="page-head">
          <h1>{t("privacy.title")}</h1>
          <p class="lead">{t("privacy.text")}</p>
        </header>
        {refused && (
          <Notice kind="problem">
            <p>{t(`privacy.refused.${refused}`)}</p>
          </Notice>
        )}
        {done && DONE[done](state) && (
          <Notice kind="good">
            <p>{t(`privacy.done.${done}`)}</p>
            {done === "export" && (
              <p>
                <a href="#copy">{t("privacy.export.download")}</a>
              </p>
            )}
          </Notice>
        )}
        {state.deletionDueAt !== null && (
          <DeletionCard {...{ i18n, locale, tenant, state, action }} />
        )}
        <KeptCard i18n={i18n} locale={locale} role={viewer.role} />
        <AgreedCard {...{ i18n, locale, viewer, choices }} />
        <MailsCard {...{ i18n, locale, viewer, choices }} />
        <ExportCard i18n={i18n} state={state} action={action} />
        {state.deletionDueAt === null && (
          <DeletionCard {...{ i18n, locale, tenant, state, action }} />
        )}
      </div>
    </Page>
  );
});
