import { type Context, HttpError, page } from "fresh";
import { invitationRefusal } from "@core/identity/invitation_store.ts";
import { type Role, ROLES } from "@core/identity/roles.ts";
import { z } from "zod";
import { UserForms } from "../../../../../components/account/UserForms.tsx";
import { UserState } from "../../../../../components/account/UserTable.tsx";
import { GrantTrail } from "../../../../../components/admin/GrantTrail.tsx";
import { Card, Facts } from "../../../../../components/Card.tsx";
import { DateTime } from "../../../../../components/DateTime.tsx";
import { ErrorSummary } from "../../../../../components/ErrorSummary.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { type BranchChoice, readBranches } from "../../../../../site/branches.ts";
import { type Problem, readForm } from "../../../../../site/forms.ts";
import { type GrantLine, readGrantTrail } from "../../../../../site/grant_trail.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { isUuid, withQuery } from "../../../../../site/links.ts";
import {
  readGrantableRoles,
  readUser,
  setActive,
  setRole,
  type UserRow,
} from "../../../../../site/users.ts";
import { define, type State } from "../../../../../utils.ts";

interface UserData {
  readonly user: UserRow;
  readonly roles: readonly Role[];
  readonly branches: readonly BranchChoice[];
  readonly trail: readonly GrantLine[];
  readonly tenantName: string;
  readonly problems: readonly Problem[];
}

const Act = z.discriminatedUnion("do", [
  z.object({
    do: z.literal("role"),
    role: z.enum(ROLES),
    // Empty is none; what is no id is refused, and clears nothing.
    branch: z.string().default("").refine((id) => id === "" || isUuid(id))
      .transform((id) => id === "" ? null : id),
  }),
  z.object({
    do: z.enum(["lock", "unlock"]),
    reason: z.string().default("").transform((text) => text.trim().slice(0, 500) || null),
  }),
]);

const DONE = { role: "role", lock: "locked", unlock: "unlocked" } as const;
const TOLD = Object.values(DONE);

async function show(ctx: Context<State>, problems: readonly Problem[], status = 200) {
  const id = ctx.params["id"] ?? "";
  const user = isUuid(id) ? await ctx.state.db((tx) => readUser(tx, id)) : null;
  if (user === null) throw new HttpError(404);
  const [roles, branches, trail] = await ctx.state.db(async (tx) => {
    const [roles, branches] = await Promise.all([
      readGrantableRoles(tx),
      readBranches(tx, user.tenantId),
    ]);
    return [roles, branches, await readGrantTrail(tx, id, branches)] as const;
  });
  const tenant = await ctx.state.services.tenants.byId(user.tenantId);
  return page<UserData>({
    user,
    roles,
    branches,
    trail,
    tenantName: tenant?.name ?? user.tenantId,
    problems,
  }, { status });
}

export const handler = define.handlers({
  GET: (ctx) => show(ctx, []),

  async POST(ctx) {
    const id = ctx.params["id"] ?? "";
    const form = await readForm(ctx.req, Act);
    if (!isUuid(id)) throw new HttpError(404);
    if (!form.ok) return await show(ctx, form.problems, 422);
    const act = form.value;
    try {
      await ctx.state.db((tx) =>
        act.do === "role"
          ? setRole(tx, id, act.role, act.branch)
          : setActive(tx, id, act.do === "unlock", act.reason)
      );
    } catch (error) {
      const why = invitationRefusal(error);
      if (why === null) throw error;
      return await show(ctx, [PROBLEMS[why] ?? REFUSED], why === "not_found" ? 404 : 422);
    }
    return ctx.redirect(withQuery(ctx.url.pathname, { done: DONE[act.do] }), 303);
  },
});

const REFUSED: Problem = { field: null, key: "users.edit.refused" };
const PROBLEMS: Readonly<Record<string, Problem>> = {
  "branch_needed": { field: "branch", key: "users.edit.branch.needed" },
  "branch_closed": { field: "branch", key: "users.edit.branch.closed" },
  "not_allowed": { field: null, key: "users.edit.not_yours" },
};

export default define.page<typeof handler>(function OneUser({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { user, problems } = data;
  const name = user.fullName || user.email;
  const done = TOLD.find((one) => one === url.searchParams.get("done"));
  return (
    <Page i18n={i18n} title={name} ready="admin-user-ready" class="page">
      <header class="page-head">
        <p>
          <a href={`/${locale}/admin/users`}>{t("users.title")}</a>
        </p>
        <h1>{name}</h1>
      </header>
      {done && problems.length === 0 && (
        <Notice kind="good">
          <p>{t(`users.done.${done}`)}</p>
        </Notice>
      )}
      <ErrorSummary i18n={i18n} problems={problems} />
      <div class="settings">
        <Card>
          <Facts
            facts={[
              { name: t("users.role"), value: t(`role.${user.role}`) },
              { name: t("users.tenant"), value: data.tenantName },
              { name: t("users.edit.branch"), value: user.branchName ?? "–" },
              { name: t("desk.email"), value: <span class="breakable">{user.email}</span> },
              {
                name: t("users.state"),
                value: <UserState i18n={i18n} isActive={user.isActive} />,
              },
              {
                name: t("member.profile.member_since"),
                value: <DateTime i18n={i18n} when={user.createdAt} />,
              },
            ]}
          />
        </Card>
        <UserForms i18n={i18n} {...data} me={viewerOf(state).id} action={url.pathname} />
        <GrantTrail i18n={i18n} lines={data.trail} />
      </div>
    </Page>
  );
});
