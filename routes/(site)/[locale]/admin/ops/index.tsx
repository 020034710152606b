import { type Context, page } from "fresh";
import { Card } from "../../../../../components/Card.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { Moment } from "../../../../../components/Moment.tsx";
import { Notice, type NoticeKind } from "../../../../../components/Notice.tsx";
import { CheckTable } from "../../../../../components/operations/CheckTable.tsx";
import { SwitchPanel } from "../../../../../components/operations/SwitchPanel.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { readForm } from "../../../../../site/forms.ts";
import { withQuery } from "../../../../../site/links.ts";
import {
  readChecks,
  readSwitches,
  SwitchForm,
  turnSwitch,
} from "../../../../../site/operations.ts";
import { define, type State } from "../../../../../utils.ts";

export const handler = define.handlers({
  async GET(ctx) {
    return await show(ctx, false);
  },

  /** Turns a switch. */
  async POST(ctx) {
    const form = await readForm(ctx.req, SwitchForm);
    const done = form.ok && await turnSwitch(ctx.state, form.value);
    if (!done) return await show(ctx, true);
    return ctx.redirect(withQuery(ctx.url.pathname, { switched: form.value.key }), 303);
  },
});

async function show(ctx: Context<State>, isRefused: boolean) {
  const { state } = ctx;
  const tenants = await state.services.tenants.all();
  const [seen, switches] = await Promise.all([
    readChecks(state),
    readSwitches(state, tenants.map(({ id }) => id)),
  ]);
  const names = new Map(tenants.map(({ id, name }) => [id, name]));
  return page({ ...seen, switches, names, isRefused }, { status: isRefused ? 403 : 200 });
}

const KINDS = { ok: "good", warn: "warning", fail: "problem" } as const satisfies Record<
  string,
  NoticeKind
>;

export default define.page<typeof handler>(function Operations({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { checks, at, switches, names, isRefused } = data;
  const has = (wanted: string) => checks.some((check) => check.state === wanted);
  const worst = has("fail") ? "fail" : has("warn") ? "warn" : "ok";
  const isJob = (id: string) => id.startsWith("job-");
  const isPromise = (id: string) => id.startsWith("slo-");
  const tables = [
    [t("ops.checks"), checks.filter(({ id }) => !isJob(id) && !isPromise(id))],
    [t("ops.slos"), checks.filter(({ id }) => isPromise(id))],
    [t("ops.jobs"), checks.filter(({ id }) => isJob(id))],
  ] as const;
  return (
    <Page i18n={i18n} title={t("ops.title")} ready="ops-center-page" class="page">
      <DeskHead title={t("ops.title")} text={t("ops.text")} />
      {url.searchParams.has("switched") && (
        <Notice kind="good">
          <p>{t("ops.switch.changed")}</p>
        </Notice>
      )}
      {isRefused && (
        <Notice kind="problem">
          <p>{t("ops.switch.refused")}</p>
        </Notice>
      )}
      <div data-worst={worst}>
        <Notice kind={KINDS[worst]} title={t(`ops.summary.${worst}`)}>
          <p>
            <Moment i18n={i18n} when={at} />
          </p>
        </Notice>
      </div>
      <Card title={t("ops.switches")}>
        <p>{t("ops.switches.text")}</p>
        {switches.map((one) => (
          <SwitchPanel key={one.key} i18n={i18n} locale={locale} state={one} names={names} />
        ))}
      </Card>
      {tables.map(([title, rows]) =>
        rows.length > 0 && (
          <Card key={title} title={title}>
            <CheckTable i18n={i18n} locale={locale} caption={title} checks={rows} />
          </Card>
        )
      )}
    </Page>
  );
});
