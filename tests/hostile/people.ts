/** People of North Macedonia, one of each role, for whoever sends odd things in their name. */
import { hashOfToken, newLinkToken } from "@core/claims/link_token.ts";
import { createClient } from "@supabase/supabase-js";
import { sql } from "../browser/people.ts";
import { newMember, sentClaim } from "../support/claims.ts";
import { stackValue } from "../support/stack_env.ts";

/** Roles that the odd things are sent as. */
export const ROLES = ["member", "agent", "staff", "branch_manager", "tenant_admin"] as const;
/** One of {@linkcode ROLES}. */
export type Role = typeof ROLES[number];

/** Where each role begins to walk through the site. */
export const ROOTS: Readonly<Record<Role, readonly string[]>> = {
  member: [
    "/en/member",
    "/en/member/claims/new",
    "/en/notifications",
    "/en/pricing",
    "/en/account/security",
    "/en/account/privacy/delete",
    "/en/account/privacy",
  ],
  agent: [
    "/en/agent",
    "/en/agent/claims",
    "/en/agent/members/invite",
    "/en/notifications",
    "/en/account/security",
    "/en/account/privacy",
  ],
  staff: ["/en/staff/claims?view=all", "/en/notifications", "/en/account/security"],
  branch_manager: ["/en/admin/overview", "/en/admin/claims", "/en/account/security"],
  tenant_admin: [
    // Before the whole list: whom these tests lock or lift is nobody of another test.
    "/en/admin/users?q=odd-",
    "/en/admin/users/invite",
    "/en/admin/overview",
    "/en/admin/claims",
    "/en/admin/members",
    "/en/admin/mails",
    "/en/account/security",
  ],
};

/** Somebody with an account. */
export interface Account {
  readonly email: string;
  readonly password: string;
}

const TENANT = "mk";
const PASSWORD = "A-long-Password-7";

/** Makes somebody of a role, with a membership where they are a member. */
export async function newAccount(role: Role): Promise<Account> {
  const client = createClient(stackValue("SUPABASE_URL"), stackValue("SUPABASE_PUBLISHABLE_KEY"), {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const email = `odd-${role.replace("_", "-")}-${crypto.randomUUID().slice(0, 8)}@example.test`;
  const { data, error } = await client.auth.signUp({
    email,
    password: PASSWORD,
    options: { data: { tenant: TENANT, "full_name": "Kiril Odd", locale: "en" } },
  });
  if (error || data.user === null) throw new Error(`sign-up failed: ${error?.message}`);
  const { id } = data.user;
  if (role === "member") {
    await sql`
      insert into public.subscriptions (tenant_id, user_id, provider_subscription_id, status)
      values (${TENANT}, ${id}, ${`sub_${id.replaceAll("-", "").slice(0, 26)}`}, 'active')`;
    await sentClaim(sql, id, { title: "A claim of their own" });
  } else {
    await sql`
      update public.profiles
      set role = ${role},
          branch_id = (select id from public.branches where tenant_id = ${TENANT} order by code limit 1)
      where id = ${id}`;
  }
  if (role === "agent") {
    const member = await newMember(sql, { name: "Somebody looked after", tenant: TENANT });
    await sql`update public.profiles set agent_id = ${id} where id = ${member}`;
    await sentClaim(sql, member, { title: "A claim of the agent's member" });
  }
  return { email, password: PASSWORD };
}

/**
 * Invites somebody who has no account yet.
 *
 * @returns The code in the invitation's link.
 */
export async function openInvitation(): Promise<string> {
  const token = newLinkToken();
  await sql`
    insert into public.invitations (tenant_id, email, role, full_name, locale, token_hash)
    values (${TENANT}, ${`odd-invited-${crypto.randomUUID().slice(0, 8)}@example.test`}, 'staff',
            'Invited Odd', 'en', ${await hashOfToken(token)})`;
  return token;
}

/**
 * Makes claims of others with words that only those may read who work on them.
 *
 * @returns What nobody else may be shown: of the same country, and of the other one.
 */
export async function plantSecrets(): Promise<{ readonly same: string; readonly other: string }> {
  const same = `secret-${crypto.randomUUID()}`;
  const other = `secret-${crypto.randomUUID()}`;
  await sentClaim(sql, await newMember(sql, { name: same, tenant: TENANT }), { title: same });
  await sentClaim(sql, await newMember(sql, { name: other, tenant: "ks" }), { title: other });
  return { same, other };
}
