import type { I18n } from "@core/platform/i18n.ts";
import type { EventState } from "../../site/webhook_filter.ts";
import { type ListedEvent, stateOf } from "../../site/webhook_events.ts";
import { Badge, type BadgeTone } from "../Badge.tsx";

const TONES: Readonly<Record<EventState, BadgeTone>> = {
  failed: "bad",
  "given_up": "bad",
  waiting: "warning",
  ok: "good",
  ignored: "neutral",
  forged: "bad",
};

/** Props of {@linkcode EventBadge}. */
export interface EventBadgeProps {
  readonly i18n: I18n;
  readonly event: Pick<ListedEvent, "signatureValid" | "processingResult" | "gaveUpAt">;
}

/** Where an event stands. */
export function EventBadge({ i18n, event }: EventBadgeProps) {
  const state = stateOf(event);
  return <Badge tone={TONES[state]} text={i18n.t(`admin.events.state.${state}`)} />;
}
