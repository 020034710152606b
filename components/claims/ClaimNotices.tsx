import { type Claim, isCancelled } from "@core/claims/claim.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { Notice } from "../Notice.tsx";

/** Props of {@linkcode ClaimNotices}. */
export interface ClaimNoticesProps {
  readonly i18n: I18n;
  readonly claim: Pick<Claim, "claimNumber" | "status" | "statusReason">;
  /** Address of the page, which says what was done a moment ago. */
  readonly url: URL;
}

/** What the member has just done. */
export function ClaimNotices({ i18n, claim, url }: ClaimNoticesProps) {
  const { t } = i18n;
  const has = (name: string) => url.searchParams.has(name);
  if (has("sent")) {
    return (
      <Notice kind="good" title={t("claim.sent.title", { number: claim.claimNumber ?? "" })}>
        <p>{t("claim.sent.text")}</p>
      </Notice>
    );
  }
  if (has("uploaded")) return <Said text={t("claim.uploaded")} />;
  if (has("already")) return <Said text={t("claim.already")} />;
  // Refused by staff a moment before, it was not cancelled.
  return has("cancelled") && isCancelled(claim) ? <Said text={t("claims.cancelled")} /> : null;
}

function Said({ text }: { readonly text: string }) {
  return (
    <Notice kind="good">
      <p>{text}</p>
    </Notice>
  );
}
