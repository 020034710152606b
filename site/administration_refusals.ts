/** What the database's refusals about branches, plans, settings and countries mean. */
import { HttpError } from "fresh";
import { sqlState } from "@core/platform/database.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import type { Problem } from "./forms.ts";

/** By the beginning of PostgreSQL's message, which the migrations keep stable. */
const MESSAGES: readonly (readonly [beginning: RegExp, field: string | null, key: MessageKey])[] = [
  [/^people work in this branch/, null, "branches.in_use"],
  [/^this plan was sold/, "price", "plans.sold"],
  [/^the country that takes sign-ups/, "active", "tenants.default_stays"],
  [/^a host belongs to/, "hosts", "tenants.hosts.taken"],
  [/^a host is written/, "hosts", "tenants.hosts.malformed"],
];

/** By the name of the rule that was broken. */
const RULES: Readonly<Record<string, readonly [field: string, key: MessageKey]>> = {
  "branches_tenant_id_code_key": ["code", "branches.code.taken"],
  "branches_code_check": ["code", "branches.code.malformed"],
  "branches_name_check": ["name", "administration.name.malformed"],
  "membership_plans_paddle_price_id_key": ["price_id", "plans.price_id.taken"],
  "membership_plans_paddle_price_id_check": ["price_id", "plans.price_id.malformed"],
  "membership_plans_paddle_product_id_check": ["product_id", "plans.product_id.malformed"],
  "support_email_is_an_address": ["email", "field.email.malformed"],
  "support_phone_is_a_number": ["phone", "administration.phone.malformed"],
  "tenants_grace_sender_name_check": ["sender", "administration.sender.malformed"],
  "tenants_pkey": ["id", "tenants.id.taken"],
  "time_zone_is_known": ["zone", "tenants.zone.malformed"],
};

/** States that mean a rule of the database was broken by what was typed. */
const BROKEN: readonly string[] = ["23505", "23514", "22023", "23001"];

/**
 * What somebody has to look at again after the database refused what they typed.
 *
 * @param error What was thrown.
 * @throws {HttpError} 404 if there is no such thing for them, 403 if it is not theirs to change.
 * @throws Whatever is no refusal.
 */
export function administrationProblem(error: unknown): Problem {
  const state = sqlState(error);
  if (state === "P0002") throw new HttpError(404);
  if (state === "42501") throw new HttpError(403);
  if (state === undefined || !BROKEN.includes(state)) throw error;
  const message = error instanceof Error ? error.message : "";
  const known = MESSAGES.find(([beginning]) => beginning.test(message));
  if (known !== undefined) {
    const [, field, key] = known;
    return { field, key, params: { count: /\d+$/.exec(message)?.[0] ?? "" } };
  }
  const broken = Object.entries(RULES).find(([name]) => message.includes(name));
  if (broken === undefined) {
    return state === "22023"
      ? { field: "zone", key: "tenants.zone.malformed" }
      : { field: null, key: "administration.refused" };
  }
  const [field, key] = broken[1];
  return { field, key };
}
