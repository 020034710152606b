/** What the forms about leads ask for. */
import { z } from "zod";
import type { LeadMove } from "@core/agents/leads.ts";
import type { AgentRefusal } from "@core/agents/refusals.ts";
import { isLocale, type Locale, type MessageKey } from "@core/platform/i18n.ts";
import { emailField } from "./account_forms.ts";
import type { Problem } from "./forms.ts";
import { isUuid } from "./links.ts";
import { isPhone } from "./settings.ts";

/** Longest texts, in characters. */
export const LEAD_MOST = { name: 60, note: 2_000, reason: 500 } as const;

const say = (key: MessageKey) => key;

/** On one line, without what cannot be seen or turns the text around. */
const line = z.string().default("").transform((typed) =>
  typed.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "").replace(/ +/g, " ").trim()
);

const name = (missing: MessageKey) =>
  line.refine((typed) => /\p{L}/u.test(typed), missing)
    .refine((typed) => [...typed].length <= LEAD_MOST.name, say("agent.text.long"));

/** The form of a lead, new or changed. */
export const LeadForm = z.object({
  firstName: name(say("agent.lead.first_name.missing")),
  lastName: name(say("agent.lead.last_name.missing")),
  email: emailField,
  phone: line.refine((typed) => typed === "" || isPhone(typed), say("settings.phone.malformed"))
    .transform((typed) => typed || null),
  locale: z.string().refine(isLocale, say("settings.language.unknown"))
    .transform((typed) => typed as Locale),
  plan: z.string().default("").refine(
    (typed) => typed === "" || isUuid(typed),
    say("agent.lead.plan.unknown"),
  )
    .transform((typed) => typed || null),
  note: z.string().default("").transform((words) => words.replace(/\r\n?/g, "\n").trim())
    .refine((words) => [...words].length <= LEAD_MOST.note, say("agent.text.long"))
    .transform((words) => words || null),
});

/** A lead as its form says it. */
export type LeadEntry = z.infer<typeof LeadForm>;

/** Where an agent moves a lead. */
export const LEAD_MOVES = ["contacted", "lost", "disqualified"] as const satisfies LeadMove[];

/** The form that moves a lead. */
export const LeadMoveForm = z.object({
  to: z.enum(LEAD_MOVES, say("agent.lead.move.where")),
  reason: z.string().default("").transform((words) => words.trim())
    .refine((words) => [...words].length <= LEAD_MOST.reason, say("agent.text.long")),
}).refine(({ to, reason }) => to === "contacted" || reason !== "", {
  path: ["reason"],
  message: say("agent.lead.reason.missing"),
});

/** What a refusal of the database means at a form about a lead. */
const REFUSALS: Readonly<Partial<Record<AgentRefusal, Problem>>> = {
  "lead_open": { field: "email", key: "agent.refused.lead_open" },
  "lead_over": { field: null, key: "agent.refused.lead_over" },
  "plan_unknown": { field: "plan", key: "agent.lead.plan.unknown" },
  "already_member": { field: "email", key: "agent.refused.already_member" },
  "other_tenant": { field: "email", key: "agent.refused.other_tenant" },
  "other_role": { field: "email", key: "agent.refused.other_role" },
  "account_locked": { field: "email", key: "agent.refused.account_locked" },
  "moved_on": { field: null, key: "agent.refused.moved_on" },
  "wrong_move": { field: null, key: "agent.refused.moved_on" },
  "payment_open": { field: null, key: "agent.refused.payment_open" },
  "proof_unknown": { field: "proof", key: "agent.refused.proof_unknown" },
  "bad_date": { field: "received", key: "agent.refused.bad_date" },
  "agent_unknown": { field: null, key: "agent.refused.other" },
  "reason_needed": { field: "reason", key: "agent.lead.reason.missing" },
  "too_many": { field: null, key: "agent.refused.too_many" },
};

/**
 * What to tell about a refusal.
 *
 * @param why The refusal.
 */
export function leadProblem(why: AgentRefusal): Problem {
  return REFUSALS[why] ?? { field: null, key: "agent.refused.other" };
}
