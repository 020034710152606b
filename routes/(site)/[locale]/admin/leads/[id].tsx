import { LeadPage } from "../../../../../components/verification/LeadPage.tsx";
import { showLead } from "../../../../../site/lead_page.ts";
import { define } from "../../../../../utils.ts";

export const handler = define.handlers({
  GET: (ctx) => showLead(ctx, ctx.params["id"] ?? ""),
});

export default define.page<typeof handler>(function OneLead({ data, state, url }) {
  return <LeadPage i18n={state.i18n} locale={state.locale} url={url} data={data} />;
});
