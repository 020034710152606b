import type { TrackingLink } from "@core/claims/tracking.ts";
import type { I18n } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import { Card } from "../Card.tsx";

/** Props of {@linkcode TrackingCard}. */
export interface TrackingCardProps {
  readonly i18n: I18n;
  /** Takes `act=track` with the token, and `act=untrack`. */
  readonly action: string;
  /** Key of the link to be made. */
  readonly token: string;
  /** The link that works at the moment. */
  readonly tracking: TrackingLink | null;
}

/** The link that tells how far a claim is, and nothing else. */
export function TrackingCard({ i18n, action, token, tracking }: TrackingCardProps) {
  const { t } = i18n;
  return (
    <Card title={t("track.make.title")}>
      <p>{t("track.make.text")}</p>
      {tracking && (
        <p data-testid="tracking-open">
          {t("track.make.open", { date: i18n.dateTime(tracking.expiresAt) })}
        </p>
      )}
      <div class="actions">
        <form method="post" action={action}>
          <input type="hidden" name="act" value="track" />
          <input type="hidden" name="token" value={token} />
          <SubmitOnce
            text={t(tracking === null ? "track.make.button" : "track.make.anew")}
            busyText={t("form.busy")}
            class="button button-secondary"
            testId="track-make"
          />
        </form>
        {tracking && (
          <form method="post" action={action}>
            <input type="hidden" name="act" value="untrack" />
            <button type="submit" class="button button-quiet">{t("share.revoke")}</button>
          </form>
        )}
      </div>
    </Card>
  );
}
