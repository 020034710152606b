import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { NpsComment } from "../../site/nps_results.ts";
import { groupOf, type NpsGroup } from "../../site/nps_score.ts";
import { Badge, type BadgeTone } from "../Badge.tsx";
import { DateTime } from "../DateTime.tsx";

const TONES: Readonly<Record<NpsGroup, BadgeTone>> = {
  promoters: "good",
  passives: "warning",
  detractors: "bad",
};

/** Props of {@linkcode Comments}. */
export interface CommentsProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly comments: readonly NpsComment[];
  /** Names of the organisations by id, where there are several. */
  readonly tenants: ReadonlyMap<string, string> | null;
}

/** What members wrote beside their number, and who they are, so that somebody can call. */
export function Comments({ i18n, locale, comments, tenants }: CommentsProps) {
  return (
    <ol class="comments">
      {comments.map(({ id, score, comment, createdAt, userId, memberName, tenantId }) => (
        <li key={id} data-testid="nps-comment">
          <Badge tone={TONES[groupOf(score)]} text={String(score)} />
          <div>
            {/* Written in whatever language the member chose, and never as a page. */}
            <p class="comment-text" dir="auto">{comment}</p>
            <p class="fine">
              <a href={`/${locale}/admin/members/${userId}`}>
                {memberName ?? i18n.t("role.member")}
              </a>{" "}
              · <DateTime i18n={i18n} when={createdAt} />
              {tenants?.has(tenantId) && <>{" "}· {tenants.get(tenantId)}</>}
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
