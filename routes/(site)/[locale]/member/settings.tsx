import { type Context, HttpError, page } from "fresh";
import { isLocale, LANGUAGE_NAMES, LANGUAGE_TAGS, type Locale } from "@core/platform/i18n.ts";
import { Choice } from "../../../../components/Choice.tsx";
import { ErrorSummary } from "../../../../components/ErrorSummary.tsx";
import { Field } from "../../../../components/Field.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { Page } from "../../../../components/Page.tsx";
import { Rich } from "../../../../components/Rich.tsx";
import { Tick } from "../../../../components/Tick.tsx";
import { Undeliverable } from "../../../../components/Undeliverable.tsx";
import { config } from "../../../../fresh.config.ts";
import SubmitOnce from "../../../../islands/SubmitOnce.tsx";
import { type Problem, readForm } from "../../../../site/forms.ts";
import { viewerOf } from "../../../../site/guards.ts";
import { privacyPath } from "../../../../site/links.ts";
import {
  changeOf,
  changeSettings,
  examplePhone,
  readSettings,
  SettingsForm,
} from "../../../../site/settings.ts";
import { define, type State } from "../../../../utils.ts";

/** The form as it is shown: what is stored, or what was typed a moment ago. */
interface SettingsData {
  readonly name: string;
  readonly phone: string;
  readonly language: Locale;
  readonly helpful: boolean;
  /** What is stored about the helpful mails, so that only a change of the box counts as one. */
  readonly helpfulShown: boolean;
  readonly problems: readonly Problem[];
}

export const handler = define.handlers({
  async GET(ctx) {
    const stored = await storedSettings(ctx);
    return page<SettingsData>({
      name: stored.fullName,
      phone: stored.phone ?? "",
      language: stored.locale,
      helpful: stored.helpful,
      helpfulShown: stored.helpful,
      problems: [],
    });
  },

  async POST(ctx) {
    const form = await readForm(ctx.req, SettingsForm);
    if (!form.ok) {
      const { typed } = form;
      const language = typed["language"];
      const stored = await storedSettings(ctx);
      return page<SettingsData>({
        name: typed["name"] ?? "",
        phone: typed["phone"] ?? "",
        language: isLocale(language) ? language : stored.locale,
        helpful: typed["helpful"] !== undefined,
        helpfulShown: typed["helpfulShown"] !== "no",
        problems: form.problems.map((problem) => withExample(problem, ctx.state)),
      }, { status: 422 });
    }
    const change = changeOf(form.value);
    const { id } = viewerOf(ctx.state);
    const found = await ctx.state.db((tx) => changeSettings(tx, id, change));
    if (!found) throw new HttpError(404);
    return ctx.redirect(`/${change.locale}/member/settings?saved`, 303);
  },
});

async function storedSettings(ctx: Context<State>) {
  const { id } = viewerOf(ctx.state);
  const stored = await ctx.state.db((tx) => readSettings(tx, id));
  if (stored === null) throw new HttpError(404);
  return stored;
}

/** A message that shows what a number looks like in the member's country. */
function withExample(problem: Problem, { tenant }: State): Problem {
  return problem.key === "settings.phone.malformed"
    ? { ...problem, params: { example: examplePhone(tenant.countryCode) } }
    : problem;
}

export default define.page<typeof handler>(function SettingsPage({ data, state, url }) {
  const { i18n, locale, tenant } = state;
  const { t } = i18n;
  const viewer = viewerOf(state);
  const { problems } = data;
  const example = examplePhone(tenant.countryCode);
  return (
    <Page i18n={i18n} title={t("settings.title")} ready="member-settings-ready" class="page">
      <div class="settings">
        <header class="page-head">
          <h1>{t("settings.title")}</h1>
          <p class="lead">{t("settings.text")}</p>
        </header>
        {url.searchParams.has("saved") && problems.length === 0 && (
          <Notice kind="good">
            <p>{t("settings.saved")}</p>
          </Notice>
        )}
        <Undeliverable i18n={i18n} tenant={tenant} viewer={viewer} />
        <ErrorSummary i18n={i18n} problems={problems} />
        <form
          method="post"
          action={`/${locale}/member/settings`}
          class="form"
          novalidate
          data-testid="settings-form"
        >
          <section class="card" aria-labelledby="settings-person">
            <h2 class="card-title" id="settings-person">{t("settings.person")}</h2>
            <Field
              i18n={i18n}
              name="name"
              label={t("auth.name")}
              autocomplete="name"
              value={data.name}
              maxLength={config.form.nameMax}
              problems={problems}
            />
            <Field
              i18n={i18n}
              name="phone"
              type="tel"
              label={t("settings.phone")}
              hint={t("settings.phone.hint", { example })}
              autocomplete="tel"
              value={data.phone}
              maxLength={40}
              problems={problems}
              optional
            />
            <Choice
              i18n={i18n}
              name="language"
              label={t("settings.language")}
              value={data.language}
              options={config.locales.map((value) => ({
                value,
                text: LANGUAGE_NAMES[value],
                lang: LANGUAGE_TAGS[value],
              }))}
              problems={problems}
            />
            <div class="field">
              <p class="field-name">{t("auth.email")}</p>
              <p class="breakable">{viewer.email}</p>
              <p class="field-hint">
                <a href={`/${locale}/account/email`}>{t("address.title")}</a>
              </p>
            </div>
          </section>
          <section class="card" aria-labelledby="settings-mails">
            <h2 class="card-title" id="settings-mails">{t("settings.mails")}</h2>
            <input type="hidden" name="helpfulShown" value={data.helpfulShown ? "yes" : "no"} />
            <Tick
              name="helpful"
              label={t("settings.helpful")}
              hint={t("settings.helpful.hint")}
              checked={data.helpful}
            />
            <p class="fine">{t("settings.always")}</p>
            <p class="fine">
              <Rich
                text={t("settings.claims")}
                parts={{
                  link: (
                    <a href={`/${locale}/notifications/settings`}>{t("notifications.settings")}</a>
                  ),
                }}
              />
            </p>
          </section>
          <div class="actions">
            <SubmitOnce
              text={t("settings.save")}
              busyText={t("form.busy")}
              class="button button-primary button-large"
              testId="settings-save"
            />
          </div>
        </form>
        <p>
          <Rich
            text={t("settings.privacy")}
            parts={{ link: <a href={privacyPath(locale)}>{t("privacy.title")}</a> }}
          />
        </p>
      </div>
    </Page>
  );
});
