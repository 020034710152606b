import { page } from "fresh";
import { isRole, ROLES } from "@core/identity/roles.ts";
import { InvitationList } from "../../../../../components/account/InvitationList.tsx";
import { UserTable } from "../../../../../components/account/UserTable.tsx";
import { TenantChips } from "../../../../../components/admin/TenantChips.tsx";
import { buttonClass, ButtonLink } from "../../../../../components/Button.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { Notice } from "../../../../../components/Notice.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { chosenTenant } from "../../../../../site/chosen_tenant.ts";
import { readForm } from "../../../../../site/forms.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { readOpenInvitations } from "../../../../../site/invitations.ts";
import {
  actOnInvitation,
  InvitationActForm,
  INVITE_DONE,
} from "../../../../../site/invite_forms.ts";
import { readCursor, writeCursor } from "../../../../../site/keyset.ts";
import { withQuery } from "../../../../../site/links.ts";
import { readUsers } from "../../../../../site/users.ts";
import { define } from "../../../../../utils.ts";

export const handler = define.handlers({
  async GET({ state, url }) {
    const asked = url.searchParams;
    const search = asked.get("q")?.replaceAll("\0", "").trim().slice(0, 120) || null;
    const role = asked.get("role") ?? "";
    const filter = {
      search,
      role: isRole(role) ? role : null,
      after: readCursor(asked.get("after")),
    };
    const data = await state.db(async (tx) => {
      const chosen = await chosenTenant(tx, viewerOf(state), asked);
      const [list, invitations] = await Promise.all([
        readUsers(tx, { ...filter, tenantId: chosen.id }),
        readOpenInvitations(tx, { tenantId: chosen.id }),
      ]);
      return { list, invitations, chosen };
    });
    return page({ filter, ...data });
  },

  async POST(ctx) {
    const form = await readForm(ctx.req, InvitationActForm);
    const done = form.ok ? await actOnInvitation(ctx, form.value) : "over";
    const { parameter } = await ctx.state.db((tx) =>
      chosenTenant(tx, viewerOf(ctx.state), ctx.url.searchParams)
    );
    return ctx.redirect(withQuery(ctx.url.pathname, { done, tenant: parameter }), 303);
  },
});

export default define.page<typeof handler>(function Users({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { filter, list, invitations, chosen } = data;
  const path = `/${locale}/admin/users`;
  const tenant = chosen.parameter;
  const query = { q: filter.search, role: filter.role, tenant };
  const done = INVITE_DONE.find((one) => one === url.searchParams.get("done"));
  return (
    <Page i18n={i18n} title={t("users.title")} ready="admin-users-page" class="page">
      <DeskHead title={t("users.title")} text={t("users.text")} />
      <TenantChips i18n={i18n} {...chosen} />
      {done && (
        <Notice kind={done === "sent" || done === "revoked" ? "good" : "warning"}>
          <p>{t(`users.done.${done}`)}</p>
        </Notice>
      )}
      <p>
        <ButtonLink href={withQuery(`${path}/invite`, { tenant })}>{t("users.invite")}</ButtonLink>
      </p>
      <search>
        <form method="get" action={path} class="search">
          {tenant !== null && <input type="hidden" name="tenant" value={tenant} />}
          <div class="field">
            <label for="q">{t("users.search")}</label>
            <input
              id="q"
              name="q"
              value={filter.search ?? ""}
              autocomplete="off"
              enterkeyhint="search"
            />
          </div>
          <div class="field">
            <label for="role">{t("users.role")}</label>
            <select id="role" name="role">
              <option value="">{t("users.role.working")}</option>
              {ROLES.map((role) => (
                <option key={role} value={role} selected={role === filter.role}>
                  {t(`role.${role}`)}
                </option>
              ))}
            </select>
          </div>
          <button type="submit" class={buttonClass("secondary")}>{t("admin.search")}</button>
          {(filter.search !== null || filter.role !== null) && (
            <a class={buttonClass("quiet")} href={withQuery("", { tenant }) || "?"}>
              {t("admin.clear")}
            </a>
          )}
        </form>
      </search>
      <UserTable i18n={i18n} users={list.users} path={path} />
      <div class="actions">
        {filter.after !== null && (
          <ButtonLink href={withQuery(path, query)} kind="secondary">
            {t("admin.newest")}
          </ButtonLink>
        )}
        {list.next !== null && (
          <ButtonLink
            href={withQuery(path, { ...query, after: writeCursor(list.next) })}
            kind="secondary"
          >
            {t("admin.older")}
          </ButtonLink>
        )}
      </div>
      <section class="card" aria-labelledby="invitations-title">
        <h2 class="card-title" id="invitations-title">{t("users.invitations")}</h2>
        <InvitationList
          i18n={i18n}
          invitations={invitations}
          action={withQuery(path, { tenant })}
        />
      </section>
    </Page>
  );
});
