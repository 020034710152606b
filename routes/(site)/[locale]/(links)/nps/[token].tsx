import { type Context, page } from "fresh";
import { lengthOf, MAX_COMMENT, type NpsState, readable } from "@core/outreach/nps.ts";
import type { Locale } from "@core/platform/i18n.ts";
import { ContactLines } from "../../../../../components/Contact.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { OwnLanguage } from "../../../../../components/links/OwnLanguage.tsx";
import { Outcome } from "../../../../../components/links/Outcome.tsx";
import { ScoreField } from "../../../../../components/nps/ScoreField.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { TextArea } from "../../../../../components/TextArea.tsx";
import SubmitOnce from "../../../../../islands/SubmitOnce.tsx";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { boundVisits, countVisit, keyOf, showFor } from "../../../../../site/link_pages.ts";
import { answerSurvey, readSurvey, SurveyForm } from "../../../../../site/survey.ts";
import { define, type State } from "../../../../../utils.ts";

interface SurveyData {
  readonly state: NpsState | "thanks";
  /** The member's own language, if the page is in another. */
  readonly ownLocale: Locale | null;
  readonly problems: readonly Problem[];
  readonly typed: Typed;
}

const DOOR = "nps page";

export const handler = define.handlers({
  /** Scanners and previews open links too, so this changes nothing. */
  async GET(ctx) {
    await boundVisits(ctx, DOOR);
    return await show(ctx, [], tapped(ctx.url));
  },

  async POST(ctx) {
    const form = await readForm(ctx.req, SurveyForm);
    const wait = await countVisit(ctx, DOOR);
    if (wait > 0) {
      return await show(ctx, [{ field: null, key: "auth.too_many" }], form.typed, {
        status: 429,
        headers: { "retry-after": String(wait) },
      });
    }
    if (!form.ok) {
      return await show(ctx, form.problems.map((problem) => told(problem, form.typed)), form.typed);
    }
    const { state } = await answerSurvey(ctx.state.services.db, keyOf(ctx), form.value);
    if (state === "thanks") return ctx.redirect(`${ctx.url.pathname}?thanks`, 303);
    if (state === "answered") return ctx.redirect(ctx.url.pathname, 303);
    return await show(ctx, [], {});
  },
});

/** The number that was tapped in the mail; it still has to be sent. */
function tapped(url: URL): Typed {
  const score = url.searchParams.get("score") ?? "";
  return /^([0-9]|10)$/.test(score) ? { score } : {};
}

const STATUS: Readonly<Record<NpsState, number>> = {
  open: 200,
  answered: 200,
  expired: 410,
  unknown: 404,
};

async function show(
  ctx: Context<State>,
  problems: readonly Problem[],
  typed: Typed,
  init: { readonly status?: number; readonly headers?: HeadersInit } = {},
) {
  const survey = await readSurvey(ctx.state.services.db, keyOf(ctx));
  const ownLocale = await showFor(ctx.state, survey);
  const thanks = survey.state === "answered" && ctx.url.searchParams.has("thanks");
  const state = thanks ? "thanks" : survey.state;
  const wrong = problems.length > 0 && survey.state === "open";
  return page<SurveyData>(
    { state, ownLocale, problems, typed },
    { status: wrong ? 422 : STATUS[survey.state], ...init },
  );
}

/** Says how long the comment is, which its schema cannot. */
function told(problem: Problem, typed: Typed): Problem {
  if (problem.key !== "nps.comment.long") return problem;
  const count = lengthOf(readable(typed["comment"] ?? ""));
  return { ...problem, params: { count, max: MAX_COMMENT } };
}

export default define.page<typeof handler>(function Survey({ data, state, url }) {
  const { i18n, tenant } = state;
  const { t } = i18n;
  return (
    <Page
      i18n={i18n}
      title={t("nps.title")}
      ready="nps-page-ready"
      class="wrap page-narrow page-survey"
    >
      {data.state === "open" ? <Question data={data} state={state} url={url} /> : (
        <Outcome
          title={t(`nps.${data.state}.title`)}
          text={t(`nps.${data.state}.text`)}
          good={data.state === "thanks" || data.state === "answered"}
          testId={`nps-${data.state}`}
        >
          {data.state === "thanks" && <p>{t("nps.thanks.help")}</p>}
          {data.state === "answered" && <p>{t("nps.answered.more")}</p>}
          <ContactLines tenant={tenant} />
        </Outcome>
      )}
    </Page>
  );
});

interface QuestionProps {
  readonly data: SurveyData;
  readonly state: State;
  readonly url: URL;
}

function Question({ data, state, url }: QuestionProps) {
  const { i18n, tenant } = state;
  const { t } = i18n;
  const { problems, typed, ownLocale } = data;
  return (
    <>
      {ownLocale && <OwnLanguage url={url} locale={ownLocale} />}
      <h1 id="question">{t("nps.question", { tenant: tenant.name })}</h1>
      <p class="lead">{t("nps.lead")}</p>
      <ErrorSummary i18n={i18n} problems={problems} />
      <form method="post" action={url.pathname} class="form" novalidate data-testid="nps-form">
        <ScoreField i18n={i18n} chosen={typed["score"]} problems={problems} />
        <TextArea
          i18n={i18n}
          name="comment"
          label={t("nps.comment")}
          hint={t("nps.comment.hint", { max: i18n.number(MAX_COMMENT) })}
          maxLength={MAX_COMMENT}
          value={typed["comment"]}
          problems={problems}
        />
        <SubmitOnce
          text={t("nps.submit")}
          busyText={t("form.busy")}
          class="button button-primary button-wide"
          testId="nps-submit"
        />
        <p class="fine">{t("nps.private", { tenant: tenant.name })}</p>
      </form>
    </>
  );
}
