/** Inviting somebody, sending an invitation again and taking it back: the same for admins and agents. */
import type { Context } from "fresh";
import { invitationRefusal } from "@core/identity/invitation_store.ts";
import { ROLES } from "@core/identity/roles.ts";
import { isLocale, type Locale, type MessageKey } from "@core/platform/i18n.ts";
import { z } from "zod";
import { config } from "../fresh.config.ts";
import type { State } from "../utils.ts";
import type { Invitee } from "./account_client.ts";
import { emailField } from "./account_forms.ts";
import type { Problem } from "./forms.ts";
import { isUuid } from "./links.ts";
import { revokeInvitation } from "./invitations.ts";
import { unlessDown } from "./sign_in.ts";

const say = (key: MessageKey) => key;

/** The form that invites somebody. */
export const InviteForm = z.object({
  email: emailField,
  name: z.string().default("").transform((text) => text.replace(/\s+/g, " ").trim())
    .refine((text) => [...text].length <= config.form.nameMax, say("field.name.long")),
  role: z.enum(ROLES).default("member"),
  branch: z.string().default("").transform((id) => id === "" ? null : id)
    .refine((id) => id === null || isUuid(id), say("users.edit.refused")),
  language: z.string().refine(isLocale, say("settings.language.unknown")),
});

/** The buttons beside an invitation. */
export const InvitationActForm = z.object({
  do: z.enum(["renew", "revoke"]),
  invitation: z.string(),
});

/** What became of a form about an invitation; `over` if it is not open any more. */
export type InviteDone = "sent" | "failed" | "revoked" | "over";

/** What became of it, to be told after the redirect. */
export const INVITE_DONE: readonly InviteDone[] = ["sent", "failed", "revoked", "over"];

/**
 * Invites somebody in the name of whoever is signed in.
 *
 * @param ctx The request.
 * @param invitee Whom.
 * @returns Whether the mail went out, or what to look at again.
 */
export async function invite(
  ctx: Pick<Context<State>, "state">,
  invitee: Invitee,
): Promise<{ readonly done: InviteDone } | { readonly problem: Problem; readonly status: number }> {
  const { services, accessToken } = ctx.state;
  const answer = await unlessDown(services.accounts.invite(accessToken ?? "", invitee));
  if (answer === "away") return { problem: { field: null, key: "auth.unavailable" }, status: 503 };
  if (answer.ok) return { done: answer.value.mail };
  return REFUSALS[answer.code] ??
    { problem: { field: null, key: "users.edit.refused" }, status: 422 };
}

/**
 * Sends an invitation again, or takes it back.
 *
 * @param ctx The request.
 * @param act What to do with which.
 */
export async function actOnInvitation(
  ctx: Pick<Context<State>, "state">,
  act: z.infer<typeof InvitationActForm>,
): Promise<InviteDone> {
  if (!isUuid(act.invitation)) return "over";
  const { services, accessToken, db } = ctx.state;
  if (act.do === "renew") {
    const answer = await services.accounts.renewInvitation(accessToken ?? "", act.invitation);
    return answer.ok ? answer.value.mail : answer.code === "too_many" ? "failed" : "over";
  }
  try {
    await db((tx) => revokeInvitation(tx, act.invitation));
    return "revoked";
  } catch (error) {
    if (invitationRefusal(error) === null) throw error;
    return "over";
  }
}

/** The language of an invitation, from a form. */
export function languageOf(text: string | undefined, otherwise: Locale): Locale {
  return isLocale(text) ? text : otherwise;
}

const at = (field: string | null, key: MessageKey, status = 422) => ({
  problem: { field, key },
  status,
});

const REFUSALS: Readonly<Record<string, { problem: Problem; status: number }>> = {
  "malformed": at("email", "field.email.malformed"),
  "already_open": at("email", "invite.refused.already_open"),
  "has_role": at("email", "invite.refused.has_role"),
  "branch_needed": at("branch", "users.edit.branch.needed"),
  "branch_closed": at("branch", "users.edit.branch.closed"),
  "not_allowed": at("role", "users.edit.not_yours"),
  "too_many": at(null, "invite.refused.too_many", 429),
  "too_many_requests": at(null, "auth.too_many", 429),
};
