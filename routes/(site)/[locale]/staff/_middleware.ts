import { portalOf } from "@core/identity/roles.ts";
import { onlyFor } from "../../../../site/guards.ts";
import { isUuid } from "../../../../site/links.ts";
import { define } from "../../../../utils.ts";

/** `/:locale/staff/claims/:id` and what stands below it. */
const ONE_CLAIM = /^\/[a-z]{2}\/staff\/claims\/([^/]+)(\/documents\/[^/]+)?$/;

export default define.middleware([
  /**
   * Administrators and branch managers have the same claim in their own portal. Links to it, such as
   * those in mails, are the same for everyone who gets them.
   */
  function toOwnPortal(ctx) {
    const { viewer, locale } = ctx.state;
    const [, id = "", rest = ""] = ONE_CLAIM.exec(ctx.url.pathname) ?? [];
    if (viewer === null || portalOf(viewer.role) !== "admin" || !isUuid(id)) return ctx.next();
    return ctx.redirect(`/${locale}/admin/claims/${id}${rest}`, 303);
  },
  onlyFor("staff"),
]);
