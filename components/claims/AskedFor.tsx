import type { MessageEntry } from "@core/claims/timeline.ts";
import type { I18n, MessageKey } from "@core/platform/i18n.ts";
import { Icon } from "../Icon.tsx";
import { EvidenceBox } from "./EvidenceBox.tsx";

/** Props of {@linkcode AskedFor}. */
export interface AskedForProps {
  readonly i18n: I18n;
  /** What staff ask for and nobody has sent. */
  readonly requests: readonly MessageEntry[];
  /** The page, which takes the plain form. */
  readonly action: string;
  /** `…/evidence`. */
  readonly url: string;
  /** Documents that the claim has already. */
  readonly present: number;
  /** What was wrong with a file of the plain form, and for which request. */
  readonly problem: { readonly problem: MessageKey; readonly requestId: string | null } | null;
}

/** What we need from the member to go on, each with the place to send it. */
export function AskedFor({ i18n, requests, action, url, present, problem }: AskedForProps) {
  if (requests.length === 0) return null;
  const { t } = i18n;
  return (
    <section class="asked" aria-labelledby="asked" data-testid="asked-for">
      <h2 id="asked">
        <Icon name="paper" />
        {i18n.plural("claim.asked", requests.length)}
      </h2>
      {requests.map((request) => (
        <div key={request.id} id={`asked-${request.id}`} class="asked-one">
          <p class="entry-text">{request.body}</p>
          <EvidenceBox
            i18n={i18n}
            action={`${action}#asked-${request.id}`}
            url={url}
            formId={crypto.randomUUID()}
            present={present}
            requestId={request.id}
            label={t("evidence.answer")}
            doneHref={`${action}?uploaded#documents`}
            problem={problem?.requestId === request.id ? problem.problem : null}
          />
        </div>
      ))}
    </section>
  );
}
