import { isPackOpen, type SharePack } from "@core/claims/share_pack.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { Badge, type BadgeTone } from "../Badge.tsx";
import { Moment } from "../Moment.tsx";

/** Props of {@linkcode PackList}. */
export interface PackListProps {
  readonly i18n: I18n;
  /** Takes `act=revoke` and `pack`. */
  readonly action: string;
  readonly packs: readonly SharePack[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The links that were made for a claim's documents, and what became of each. */
export function PackList({ i18n, action, packs, now }: PackListProps) {
  const { t } = i18n;
  return (
    <section class="section" aria-labelledby="packs">
      <h2 id="packs">{t("share.packs")}</h2>
      <ul class="packs">
        {packs.map((pack) => (
          <li key={pack.id} class="card" data-testid="share-pack">
            <p class="title-row">
              <strong class="breakable">{pack.recipient ?? t("share.packs.anybody")}</strong>
              <State i18n={i18n} pack={pack} now={now} />
              {pack.hasPin && <span class="fine">{t("share.packs.pin")}</span>}
            </p>
            <p class="breakable">{pack.documents.join(", ")}</p>
            <p class="fine">
              {t("share.packs.made")} <Moment i18n={i18n} when={pack.createdAt} />
              {" · "}
              {t("share.packs.until")} <Moment i18n={i18n} when={pack.expiresAt} />
            </p>
            <Accesses i18n={i18n} pack={pack} />
            {isPackOpen(pack, now) && (
              <form method="post" action={action}>
                <input type="hidden" name="act" value="revoke" />
                <input type="hidden" name="pack" value={pack.id} />
                <button type="submit" class="button button-secondary" data-testid="share-revoke">
                  {t("share.revoke")}
                  <span class="visually-hidden">{` ${pack.recipient ?? ""}`}</span>
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function State(
  { i18n, pack, now }: {
    readonly i18n: I18n;
    readonly pack: SharePack;
    readonly now: number;
  },
) {
  const [tone, name] = stateOf(pack, now);
  return <Badge tone={tone} text={i18n.t(`share.state.${name}`)} />;
}

function stateOf(
  pack: SharePack,
  now: number,
): readonly [BadgeTone, "open" | "revoked" | "expired" | "locked"] {
  if (pack.revokedAt !== null) return ["neutral", "revoked"];
  if (pack.expiresAt.getTime() <= now) return ["neutral", "expired"];
  return pack.pinFailures >= 5 ? ["warning", "locked"] : ["good", "open"];
}

function Accesses({ i18n, pack }: { readonly i18n: I18n; readonly pack: SharePack }) {
  const { t } = i18n;
  if (pack.accesses.length === 0) return <p class="fine">{t("share.accesses.none")}</p>;
  return (
    <details class="more">
      <summary>{i18n.plural("share.accesses", pack.accesses.length)}</summary>
      <ul class="accesses">
        {pack.accesses.map((access) => (
          <li key={`${access.at.getTime()} ${access.action} ${access.document}`}>
            <Moment i18n={i18n} when={access.at} />
            <span class="breakable">
              {t(`share.access.${access.action}`)}
              {access.document && ` ${access.document}`}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
