/** Colours of payments. */
import type { AttemptStatus } from "@core/agents/cash.ts";
import type { BadgeTone } from "../Badge.tsx";

/** What a payment's badge looks like. */
export const ATTEMPT_TONES: Readonly<Record<AttemptStatus, BadgeTone>> = {
  pending: "warning",
  "needs_info": "info",
  succeeded: "good",
  rejected: "bad",
  canceled: "neutral",
  failed: "bad",
};
