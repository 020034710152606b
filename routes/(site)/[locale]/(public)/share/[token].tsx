import { type Context, page } from "fresh";
import { hashOfToken, isLinkToken } from "@core/claims/link_token.ts";
import type { OpenedPack } from "@core/claims/share_pack.ts";
import { openSharePack } from "@core/claims/share_pack_store.ts";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { PinForm } from "../../../../../components/claims/PinForm.tsx";
import { SharedList } from "../../../../../components/claims/SharedList.tsx";
import { EmptyState } from "../../../../../components/EmptyState.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { AnyForm } from "../../../../../site/claim_pages.ts";
import { readForm } from "../../../../../site/forms.ts";
import { mayOpenLink } from "../../../../../site/link_limit.ts";
import { define, type State } from "../../../../../utils.ts";

interface ShareData {
  readonly pack: OpenedPack | { readonly outcome: "too_many" };
  readonly token: string;
  /** The PIN that was right; each document asks for it again. */
  readonly pin: string | null;
}

const STATUSES: Readonly<Record<ShareData["pack"]["outcome"], number>> = {
  ok: 200,
  "pin_required": 200,
  "wrong_pin": 403,
  locked: 403,
  gone: 404,
  "too_many": 429,
};

/** Documents that a member or staff hand out by a link, for whoever has it and its PIN. */
export const handler = define.handlers({
  GET: (ctx) => open(ctx, null),

  async POST(ctx) {
    const { typed } = await readForm(ctx.req, AnyForm);
    return await open(ctx, (typed["pin"] ?? "").replace(/\s/g, "").slice(0, 20));
  },
});

async function open(ctx: Context<State>, pin: string | null) {
  const token = ctx.params["token"] ?? "";
  const pack = await opened(ctx, token, pin);
  return page<ShareData>({ pack, token, pin }, { status: STATUSES[pack.outcome] });
}

async function opened(
  ctx: Context<State>,
  token: string,
  pin: string | null,
): Promise<ShareData["pack"]> {
  if (!await mayOpenLink(ctx, "share pack")) return { outcome: "too_many" };
  if (!isLinkToken(token)) return { outcome: "gone" };
  const hash = await hashOfToken(token);
  return await ctx.state.services.db.asAnon((tx) => openSharePack(tx, hash, pin || null));
}

export default define.page<typeof handler>(function SharedPack({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { pack, token, pin } = data;
  switch (pack.outcome) {
    case "ok":
      return (
        <Page i18n={i18n} title={t("share.page.title")} ready="share-page-ready" class="wrap page">
          <SharedList i18n={i18n} pack={pack} token={token} pin={pin} />
        </Page>
      );
    case "pin_required":
    case "wrong_pin":
      return (
        <Page
          i18n={i18n}
          title={t("share.page.title")}
          ready="share-pin-page-ready"
          class="wrap page-narrow"
        >
          <PinForm i18n={i18n} action={url.pathname} wrong={pack.outcome === "wrong_pin"} />
        </Page>
      );
    default:
      return (
        <Page
          i18n={i18n}
          title={t(`share.${pack.outcome}.title`)}
          ready={`share-${pack.outcome}`}
          class="wrap"
        >
          <EmptyState
            title={t(`share.${pack.outcome}.title`)}
            text={t(`share.${pack.outcome}.text`)}
          >
            <ButtonLink href={`/${locale}/help`}>{t("nav.help")}</ButtonLink>
          </EmptyState>
        </Page>
      );
  }
});
