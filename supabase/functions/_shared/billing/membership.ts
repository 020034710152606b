/** What a person's memberships allow, as the database decides it. */
import type { Transaction } from "@core/platform/database.ts";

/**
 * `active`: everything; `grace`: everything, though a payment failed; `suspended`: grace is over;
 * `none`: never bought, paused, or ended.
 */
export type MembershipAccess = "active" | "grace" | "suspended" | "none";

/**
 * Asks what a person's memberships allow now.
 *
 * @param tx A transaction of the person, or of one who may see their membership.
 * @param userId `profiles.id`.
 * @returns The best that any of them allows; `none` also where the asker may not see them.
 */
export async function membershipAccess(
  tx: Transaction,
  userId: string,
): Promise<MembershipAccess> {
  const [row] = await tx<{ access: MembershipAccess }[]>`
    select public.membership_access(${userId}::uuid) as access`;
  return row?.access ?? "none";
}
