import { HttpError } from "fresh";
import { ownCard } from "../../../../../../site/card_page.ts";
import { printCard } from "../../../../../../site/card_pdf.ts";
import { define } from "../../../../../../utils.ts";

/** The card on a sheet to be printed. */
export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    const { i18n: { t, date }, locale, services } = state;
    const card = await ownCard(state);
    if (card === null || card.address === null) throw new HttpError(404);
    // The page says why it does not count, which paper cannot.
    if (!card.isValid) return ctx.redirect(`/${locale}/member/membership/card`, 303);
    const file = await printCard({
      brand: card.tenantName,
      title: t("card.title"),
      name: card.fullName,
      facts: [
        [t("card.number"), card.cardNumber],
        [t("member.card.number"), card.memberNumber ?? "–"],
        [t("member.card.until"), card.expiresAt === null ? "–" : date(card.expiresAt)],
      ],
      code: card.address,
      hint: t("card.code.hint"),
    }, new Date(services.clock.now()));
    return new Response(file, {
      headers: {
        "content-type": "application/pdf",
        "content-disposition": `attachment; filename="${card.cardNumber}.pdf"`,
        "cache-control": "no-store",
      },
    });
  },
});
