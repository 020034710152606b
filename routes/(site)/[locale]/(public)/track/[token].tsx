import { page } from "fresh";
import { hashOfToken, isLinkToken } from "@core/claims/link_token.ts";
import type { TrackedClaim } from "@core/claims/tracking.ts";
import { trackClaim } from "@core/claims/tracking_store.ts";
import { ButtonLink } from "../../../../../components/Button.tsx";
import { ClaimStatus, nextStepKey } from "../../../../../components/claims/ClaimStatus.tsx";
import { Way } from "../../../../../components/claims/ClaimHead.tsx";
import { DateTime } from "../../../../../components/DateTime.tsx";
import { EmptyState } from "../../../../../components/EmptyState.tsx";
import { Facts } from "../../../../../components/Card.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { mayOpenLink } from "../../../../../site/link_limit.ts";
import { define } from "../../../../../utils.ts";

interface TrackData {
  /** What the link tells; else whether it does not work or too many were tried. */
  readonly tracked: TrackedClaim | "gone" | "too_many";
}

/** How far a claim is, for whoever has the link: no names, no numbers. */
export const handler = define.handlers({
  async GET(ctx) {
    if (!await mayOpenLink(ctx, "tracking link")) {
      return page<TrackData>({ tracked: "too_many" }, { status: 429 });
    }
    const token = ctx.params["token"] ?? "";
    const hash = isLinkToken(token) ? await hashOfToken(token) : null;
    const tracked = hash === null
      ? null
      : await ctx.state.services.db.asAnon((tx) => trackClaim(tx, hash));
    return tracked === null
      ? page<TrackData>({ tracked: "gone" }, { status: 404 })
      : page<TrackData>({ tracked });
  },
});

export default define.page<typeof handler>(function Track({ data: { tracked }, state }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  if (typeof tracked === "string") {
    return (
      <Page i18n={i18n} title={t(`track.${tracked}.title`)} ready={`track-${tracked}`} class="wrap">
        <EmptyState title={t(`track.${tracked}.title`)} text={t(`track.${tracked}.text`)}>
          <ButtonLink href={`/${locale}/help`}>{t("nav.help")}</ButtonLink>
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page i18n={i18n} title={t("track.title")} ready="track-page-ready" class="wrap page-narrow">
      <div class="claim-head">
        <p>
          <ClaimStatus i18n={i18n} status={tracked.status} />
        </p>
        <h1>{t("track.title")}</h1>
        <p class="lead" data-testid="claim-next">{t(nextStepKey(tracked))}</p>
        {tracked.status !== "rejected" && <Way i18n={i18n} status={tracked.status} />}
        <Facts
          facts={[
            {
              name: t("claim.sent_on"),
              value: <DateTime i18n={i18n} when={tracked.submittedAt} />,
            },
            {
              name: t("track.updated"),
              value: <DateTime i18n={i18n} when={tracked.lastUpdateAt} />,
            },
          ]}
        />
        <p class="fine">{t("track.private")}</p>
      </div>
    </Page>
  );
});
