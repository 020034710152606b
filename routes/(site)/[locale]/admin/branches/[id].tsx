import { type Context, HttpError, page } from "fresh";
import { z } from "zod";
import { BranchFields } from "../../../../../components/administration/BranchFields.tsx";
import { ChangeList } from "../../../../../components/administration/ChangeList.tsx";
import { buttonClass } from "../../../../../components/Button.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { administrationProblem } from "../../../../../site/administration_refusals.ts";
import {
  BranchForm,
  type BranchRow,
  readBranch,
  renameBranch,
  setBranchActive,
} from "../../../../../site/branch_settings.ts";
import { type Problem, readForm, type Typed } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { isUuid, withQuery } from "../../../../../site/links.ts";
import { readChangesBy } from "../../../../../site/tenant_settings.ts";
import type { AuditLine } from "../../../../../site/webhook_events.ts";
import { define, type State } from "../../../../../utils.ts";

interface BranchData {
  readonly branch: BranchRow;
  readonly changes: readonly AuditLine[];
  readonly typed: Typed | null;
  readonly problems: readonly Problem[];
}

const Act = z.discriminatedUnion("do", [
  BranchForm.extend({ do: z.literal("rename") }),
  z.object({ do: z.enum(["close", "open"]) }),
]);

async function show(
  ctx: Context<State>,
  typed: Typed | null,
  problems: readonly Problem[],
  status = 200,
) {
  const id = ctx.params["id"] ?? "";
  if (!isUuid(id)) throw new HttpError(404);
  const data = await ctx.state.db(async (tx) => {
    const branch = await readBranch(tx, id);
    if (branch === null) throw new HttpError(404);
    const changes = await readChangesBy(
      tx,
      branch.tenantId,
      ["branch.created", "branch.updated"],
      id,
    );
    return { branch, changes };
  });
  return page<BranchData>({ ...data, typed, problems }, { status });
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, null, []),

  async POST(ctx) {
    const id = ctx.params["id"] ?? "";
    if (!isUuid(id)) throw new HttpError(404);
    const form = await readForm(ctx.req, Act);
    if (!form.ok) return await show(ctx, form.typed, form.problems, 422);
    const act = form.value;
    try {
      await ctx.state.db((tx) =>
        act.do === "rename" ? renameBranch(tx, id, act) : setBranchActive(tx, id, act.do === "open")
      );
    } catch (error) {
      const typed = act.do === "rename" ? form.typed : null;
      return await show(ctx, typed, [administrationProblem(error)], 422);
    }
    return ctx.redirect(withQuery(ctx.url.pathname, { saved: "" }), 303);
  },
});

export default define.page<typeof handler>(function Branch({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { branch, changes, problems } = data;
  const typed = data.typed ?? { code: branch.code, name: branch.name };
  const list = withQuery(`/${locale}/admin/branches`, {
    tenant: branch.tenantId === viewerOf(state).tenantId ? null : branch.tenantId,
  });
  return (
    <Page i18n={i18n} title={branch.name} ready="admin-branch-ready" class="page">
      <header class="page-head">
        <p>
          <a href={list}>{t("branches.title")}</a>
        </p>
        <h1>{branch.name}</h1>
      </header>
      {url.searchParams.has("saved") && problems.length === 0 && (
        <Notice kind="good">
          <p>{t("administration.saved")}</p>
        </Notice>
      )}
      <div class="settings">
        <ErrorSummary i18n={i18n} problems={problems} />
        <form method="post" action={url.pathname} class="form card" novalidate>
          <h2 class="card-title">{t("branches.rename")}</h2>
          <BranchFields i18n={i18n} typed={typed} problems={problems} />
          <div class="actions">
            <button type="submit" name="do" value="rename" class={buttonClass("primary")}>
              {t("administration.save")}
            </button>
          </div>
        </form>
        <form method="post" action={url.pathname} class="form card">
          <h2 class="card-title">{t(branch.isActive ? "branches.close" : "branches.reopen")}</h2>
          {branch.isActive && (
            <p>
              {t("branches.close.text", {
                people: i18n.number(branch.people),
                members: i18n.number(branch.members),
              })}
            </p>
          )}
          <div class="actions">
            <button
              type="submit"
              name="do"
              value={branch.isActive ? "close" : "open"}
              class={buttonClass("secondary")}
              data-testid="branch-switch"
            >
              {t(branch.isActive ? "branches.close" : "branches.reopen")}
            </button>
          </div>
        </form>
      </div>
      <ChangeList i18n={i18n} locale={locale} lines={changes} />
    </Page>
  );
});
