import { privacyPath } from "../../site/links.ts";
import { DateTime } from "../DateTime.tsx";
import { Notice } from "../Notice.tsx";
import { Rich } from "../Rich.tsx";
import type { View } from "../view.ts";

/** Reminds whoever asked to be forgotten of the day, wherever they are signed in. */
export function DeletionBanner({ view }: { readonly view: View }) {
  const { i18n, locale, viewer, url } = view;
  const page = privacyPath(locale);
  // The page itself says it, with the button that takes it back.
  if (!viewer?.deletionDueAt || url.pathname === page) return null;
  return (
    <div class="wrap banner" data-testid="deletion-banner">
      <Notice kind="warning">
        <p>
          <Rich
            text={i18n.t("privacy.deletion.pending.title")}
            parts={{ date: <DateTime i18n={i18n} when={viewer.deletionDueAt} /> }}
          />
          {" · "}
          <a href={page}>{i18n.t("privacy.banner.link")}</a>
        </p>
      </Notice>
    </div>
  );
}
