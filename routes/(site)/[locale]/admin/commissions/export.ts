import { csv } from "../../../../../site/csv.ts";
import { readCommissionFile } from "../../../../../site/commission_filter.ts";
import { define } from "../../../../../utils.ts";

/** The commissions that a filter finds, for a spreadsheet. */
export const handler = define.handlers({
  async GET({ state, url }) {
    const { i18n: { t }, tenant, services } = state;
    const rows = await state.db((tx) => readCommissionFile(tx, url.searchParams, tenant.timeZone));
    const day = new Date(services.clock.now()).toISOString().slice(0, 10);
    const file = csv([
      [
        t("commissions.earned"),
        t("role.agent"),
        t("commissions.member"),
        t("member.card.number"),
        t("commissions.for"),
        t("admin.events.state"),
        t("commissions.amount"),
        t("commissions.currency"),
        t("commissions.rate"),
        t("commissions.base"),
        t("commissions.payment"),
        t("commissions.paid_on"),
        t("commissions.reference"),
        t("commissions.reason"),
        "ID",
      ],
      ...rows.map((row) => [
        row.createdAt.toISOString(),
        row.agentName,
        row.memberName,
        row.memberNumber,
        t(row.isClawback ? "commissions.clawback" : `commission.type.${row.type}`),
        t(`commission.status.${row.status}`),
        row.amountCents / 100,
        row.currency,
        row.ratePercent,
        row.baseCents / 100,
        row.sourceTransactionId,
        row.paidAt?.toISOString() ?? null,
        row.payoutReference,
        row.voidReason,
        row.id,
      ]),
    ]);
    return new Response(file, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="commissions-${day}.csv"`,
        "cache-control": "no-store",
      },
    });
  },
});
