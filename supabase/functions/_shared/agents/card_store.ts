/** Membership cards, and whether one is valid. */
import { hashOfToken, isLinkToken } from "../claims/link_token.ts";
import type { Transaction } from "../platform/database.ts";
import type { Card } from "./card.ts";

export type { Card } from "./card.ts";

/**
 * A member's card: of several the one that is valid, else the latest.
 *
 * @param tx A transaction in the name of the member or of whoever looks after them.
 * @param userId The member.
 * @returns Null if there is none that they may see.
 */
export async function readCard(tx: Transaction, userId: string): Promise<Card | null> {
  const [row] = await tx<Card[]>`
    select card.id, card.card_number, card.status,
           card.status = 'active' and person.is_active and access.now in ('active', 'grace')
             as is_valid,
           card.issued_at, card.expires_at, plan.name as plan_name, person.full_name,
           person.member_number, tenant.name as tenant_name,
           private.card_token(card.id) as token
    from public.membership_cards as card
    join public.profiles as person on person.id = card.user_id
    join public.tenants as tenant on tenant.id = card.tenant_id
    left join public.subscriptions as membership on membership.id = card.subscription_id
    left join public.membership_plans as plan on plan.id = membership.plan_id
    cross join lateral (
      select private.membership_access_at(card.user_id, now(), card.subscription_id)
    ) as access (now)
    where card.user_id = ${userId}::uuid
    order by card.status = 'active' and access.now in ('active', 'grace') desc,
             card.issued_at desc, card.id
    limit 1`;
  return row ?? null;
}

/**
 * Whether a card is valid now. Whose it is and why not is told to nobody.
 *
 * @param tx A transaction of anybody.
 * @param token The code in the card's picture.
 */
export async function verifyCard(tx: Transaction, token: string): Promise<boolean> {
  if (!isLinkToken(token)) return false;
  const [row] = await tx<{ isValid: boolean }[]>`
    select private.verify_card(${await hashOfToken(token)}) as is_valid`;
  return row?.isValid === true;
}

/**
 * Gives a card another code, because somebody else may have it.
 *
 * @param tx A transaction in the name of the member or of staff.
 * @param cardId The card.
 * @returns False if there is no such card that is in force.
 */
export async function replaceCard(tx: Transaction, cardId: string): Promise<boolean> {
  const [row] = await tx<{ replaced: boolean }[]>`
    select private.replace_card(${cardId}::uuid) as replaced`;
  return row?.replaced === true;
}
