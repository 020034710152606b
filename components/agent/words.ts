/** Small words and colours that the agent's pages share. */
import type { CommissionStatus } from "@core/agents/commissions.ts";
import type { LeadStatus } from "@core/agents/leads.ts";
import type { AttentionReason } from "../../site/agent_attention.ts";
import type { BadgeTone } from "../Badge.tsx";

/** What the colour of a lead's stage is. */
export const LEAD_TONES: Readonly<Record<LeadStatus, BadgeTone>> = {
  new: "info",
  contacted: "info",
  "payment_pending": "warning",
  converted: "good",
  lost: "neutral",
  disqualified: "neutral",
  expired: "neutral",
};

/** What the colour of a commission's state is. */
export const COMMISSION_TONES: Readonly<Record<CommissionStatus, BadgeTone>> = {
  pending: "warning",
  approved: "info",
  paid: "good",
  void: "neutral",
};

/** How much a reason presses. */
export const ATTENTION_TONES: Readonly<Record<AttentionReason, BadgeTone>> = {
  suspended: "bad",
  unpaid: "warning",
  asked: "warning",
  "follow_up": "info",
  ending: "info",
};
