import { ClaimDesk } from "../../../../../../components/staff/ClaimDesk.tsx";
import { postDesk, showDesk } from "../../../../../../site/desk_page.ts";
import { viewerOf } from "../../../../../../site/guards.ts";
import { define } from "../../../../../../utils.ts";

/** A claim, for administrators and, to read, branch managers. */
export const handler = define.handlers({
  GET: (ctx) => showDesk(ctx, "admin"),
  POST: (ctx) => postDesk(ctx, "admin"),
});

export default define.page<typeof handler>(function Claim({ data, state }) {
  const { i18n, locale, services } = state;
  return (
    <ClaimDesk
      i18n={i18n}
      locale={locale}
      viewer={viewerOf(state)}
      now={services.clock.now()}
      data={data}
    />
  );
});
