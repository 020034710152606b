import { ClaimDesk } from "../../../../../../components/staff/ClaimDesk.tsx";
import { postDesk, showDesk } from "../../../../../../site/desk_page.ts";
import { viewerOf } from "../../../../../../site/guards.ts";
import { define } from "../../../../../../utils.ts";

/** A claim, for staff. */
export const handler = define.handlers({
  GET: (ctx) => showDesk(ctx, "staff"),
  POST: (ctx) => postDesk(ctx, "staff"),
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
