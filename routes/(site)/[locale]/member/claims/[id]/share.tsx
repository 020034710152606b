import { type Context, HttpError, page } from "fresh";
import type { Claim } from "@core/claims/claim.ts";
import { newLinkToken } from "@core/claims/link_token.ts";
import type { SharePack } from "@core/claims/share_pack.ts";
import { readSharePacks, revokeSharePack } from "@core/claims/share_pack_store.ts";
import type { DocumentEntry } from "@core/claims/timeline.ts";
import { readDocuments } from "@core/claims/timeline_store.ts";
import type { TrackingLink } from "@core/claims/tracking.ts";
import { readTrackingLink, revokeTrackingLink } from "@core/claims/tracking_store.ts";
import { FreshLink } from "../../../../../../components/claims/FreshLink.tsx";
import { PackList } from "../../../../../../components/claims/PackList.tsx";
import { ShareForm } from "../../../../../../components/claims/ShareForm.tsx";
import { TrackingCard } from "../../../../../../components/claims/TrackingCard.tsx";
import { ErrorSummary } from "../../../../../../components/ErrorSummary.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import { claimHref } from "../../../../../../site/claim_links.ts";
import { AnyForm, mayStill, ownClaim } from "../../../../../../site/claim_pages.ts";
import { type Problem, readForm, type Typed } from "../../../../../../site/forms.ts";
import { isUuid } from "../../../../../../site/links.ts";
import {
  type MadeLink,
  makeSharePack,
  makeTrackingLink,
} from "../../../../../../site/share_forms.ts";
import { define, type State } from "../../../../../../utils.ts";

interface ShareData {
  readonly claim: Claim;
  readonly documents: readonly DocumentEntry[];
  readonly packs: readonly SharePack[];
  readonly tracking: TrackingLink | null;
  /** The link that was just made, which is shown this once. */
  readonly link: { readonly href: string; readonly pin: string | null } | null;
  /** Keys for the links to be made here. */
  readonly tokens: { readonly share: string; readonly track: string };
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  readonly now: number;
}

/** Links that a person may make in an hour. */
const AN_HOUR = 30;

/** Links for others: some documents, or how far the claim is. */
export const handler = define.handlers({
  async GET(ctx) {
    return await show(ctx, await sentClaim(ctx), 200, {});
  },

  async POST(ctx) {
    const { state, url } = ctx;
    const claim = await sentClaim(ctx);
    const { typed } = await readForm(ctx.req, AnyForm);
    const { act, pack = "" } = typed;
    if (act === "revoke" && isUuid(pack)) {
      await state.db((tx) => revokeSharePack(tx, pack));
      return ctx.redirect(`${url.pathname}?revoked`, 303);
    }
    if (act === "untrack") {
      await state.db((tx) => revokeTrackingLink(tx, claim.id));
      return ctx.redirect(`${url.pathname}?revoked`, 303);
    }
    if (act !== "share" && act !== "track") throw new HttpError(400);
    if (!await mayStill(state, "link", AN_HOUR)) {
      return await show(ctx, claim, 429, { problems: [{ field: null, key: "share.too_many" }] });
    }
    const made: MadeLink = act === "share"
      ? await makeSharePack(state, claim.id, typed)
      : await makeTrackingLink(state, claim.id, typed);
    switch (made.kind) {
      case "not_found":
        throw new HttpError(404);
      case "refused":
        return await show(ctx, claim, 422, { problems: made.problems, typed });
      case "made": {
        const href = `${state.origin}/${state.locale}/${act}/${made.token}`;
        return await show(ctx, claim, 200, { link: { href, pin: made.pin } });
      }
    }
  },
});

/** A draft has nothing to share yet. */
async function sentClaim(ctx: Context<State>): Promise<Claim> {
  const claim = await ownClaim(ctx);
  if (!claim.isSubmitted) throw new HttpError(404);
  return claim;
}

async function show(
  ctx: Context<State>,
  claim: Claim,
  status: number,
  facts: Partial<Pick<ShareData, "link" | "typed" | "problems">>,
) {
  const [documents, packs, tracking] = await ctx.state.db((tx) =>
    Promise.all([
      readDocuments(tx, claim.id),
      readSharePacks(tx, claim.id),
      readTrackingLink(tx, claim.id),
    ])
  );
  return page<ShareData>({
    claim,
    documents,
    packs,
    tracking,
    link: facts.link ?? null,
    tokens: { share: newLinkToken(), track: newLinkToken() },
    typed: facts.typed ?? {},
    problems: facts.problems ?? [],
    now: ctx.state.services.clock.now(),
  }, { status });
}

export default define.page<typeof handler>(function Share({ data, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { claim, documents, packs, tracking, link, tokens, typed, problems, now } = data;
  const here = claimHref(locale, claim.id, "/share");
  return (
    <Page i18n={i18n} title={t("share.title")} ready="claim-share-page-ready" class="page">
      <header class="page-head">
        <p>
          <a href={claimHref(locale, claim.id)}>{claim.claimNumber} · {claim.title}</a>
        </p>
        <h1>{t("share.title")}</h1>
        <p class="lead">{t("share.text")}</p>
      </header>
      {link && <FreshLink i18n={i18n} href={link.href} pin={link.pin} />}
      <ErrorSummary i18n={i18n} problems={problems} />
      <div class="columns">
        <ShareForm
          i18n={i18n}
          action={here}
          token={tokens.share}
          documents={documents}
          typed={typed}
          problems={problems}
        />
        <TrackingCard i18n={i18n} action={here} token={tokens.track} tracking={tracking} />
      </div>
      {packs.length > 0 && <PackList i18n={i18n} action={here} packs={packs} now={now} />}
    </Page>
  );
});
