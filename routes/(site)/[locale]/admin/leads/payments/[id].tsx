import { HttpError } from "fresh";
import { readAttempt } from "@core/agents/cash_store.ts";
import { z } from "zod";
import { LeadPage } from "../../../../../../components/verification/LeadPage.tsx";
import { readForm } from "../../../../../../site/forms.ts";
import { showLead } from "../../../../../../site/lead_page.ts";
import { isUuid, withQuery } from "../../../../../../site/links.ts";
import { decide, DECISIONS } from "../../../../../../site/verification.ts";
import { define } from "../../../../../../utils.ts";

const DecisionForm = z.object({
  do: z.enum(DECISIONS),
  back: z.enum(["list", "lead"]).catch("lead"),
});

/** A decision about a payment. It leads back to where it was made; what is wrong is told with the lead. */
export const handler = define.handlers({
  async GET({ state, params, redirect }) {
    const id = params["id"] ?? "";
    const attempt = isUuid(id) ? await state.db((tx) => readAttempt(tx, id)) : null;
    if (attempt === null) throw new HttpError(404);
    return redirect(`/${state.locale}/admin/leads/${attempt.leadId}`, 303);
  },

  async POST(ctx) {
    const id = ctx.params["id"] ?? "";
    if (!isUuid(id)) throw new HttpError(404);
    const form = await readForm(ctx.req, DecisionForm);
    if (!form.ok) throw new HttpError(400);
    const decided = await decide(ctx.state, id, form.value.do, form.typed);
    if (decided.kind === "unknown") throw new HttpError(404);
    const { attempt } = decided;
    if (decided.kind === "refused") {
      return await showLead(ctx, attempt.leadId, form.typed, [decided.problem], 422);
    }
    const list = `/${ctx.state.locale}/admin/leads`;
    return ctx.redirect(
      withQuery(form.value.back === "list" ? list : `${list}/${attempt.leadId}`, {
        done: form.value.do,
        member: decided.memberId,
      }),
      303,
    );
  },
});

export default define.page<typeof handler>(function Refused({ data, state, url }) {
  return <LeadPage i18n={state.i18n} locale={state.locale} url={url} data={data} />;
});
