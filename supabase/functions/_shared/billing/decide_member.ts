/** Whose event it is, given what was found. Pure. */
import type { CustomData } from "./paddle_events.ts";

/** People that could be meant by an event, as found in the database. */
export interface MemberClues {
  /** The member of the stored subscription; their tenant with them. */
  readonly ofSubscription: Member | null;
  /** The member whom `custom_data.user_id` names, if there is one by that id. */
  readonly ofCustomData: Member | null;
  /** The one member who bought as this Paddle customer. */
  readonly ofCustomer: Member | null;
  /** The member who opened the checkout of this transaction. */
  readonly ofCheckout: Member | null;
}

/** A person with the tenant that is theirs. */
export interface Member {
  readonly userId: string;
  readonly tenantId: string;
}

/** Nobody, or nobody without contradiction, can be said to be the member of an event. */
export class MemberUnresolved extends Error {
  override readonly name = "MemberUnresolved";
}

/**
 * Says whose event it is. A stored subscription knows; else the buyer whom our checkout named; else
 * the member known by the Paddle customer; else who opened the checkout. Clues that contradict each
 * other settle nothing. A customer whom several members share names none of them: a business that
 * pays for several people is not served here, each of them buys for themselves.
 *
 * @param custom What the checkout attached.
 * @param clues What was found.
 * @returns The member; the tenant is always the member's own.
 * @throws {MemberUnresolved} If nobody is found, or the clues contradict each other.
 */
export function decideMember(
  custom: Pick<CustomData, "userId" | "tenantId">,
  clues: MemberClues,
): Member {
  if (custom.userId !== null && clues.ofCustomData === null) {
    throw new MemberUnresolved("custom_data.user_id is nobody's id");
  }
  const member = clues.ofSubscription ?? clues.ofCustomData ?? clues.ofCustomer ??
    clues.ofCheckout;
  if (member === null) {
    throw new MemberUnresolved(
      "no member: no custom_data.user_id, and neither customer nor checkout is known",
    );
  }
  if (clues.ofCustomData !== null && clues.ofCustomData.userId !== member.userId) {
    throw new MemberUnresolved("custom_data.user_id is not the member of the stored subscription");
  }
  if (custom.tenantId !== null && custom.tenantId !== member.tenantId) {
    throw new MemberUnresolved("custom_data.tenant_id is not the member's tenant");
  }
  return member;
}
