/** Membership cards, as pages show them. */

/** A member's card. */
export interface Card {
  readonly id: string;
  readonly cardNumber: string;
  readonly status: "active" | "revoked" | "expired";
  /** Whether the membership that it shows allows anything now. */
  readonly isValid: boolean;
  readonly issuedAt: Date;
  /** End of the paid period; null if that is not known. */
  readonly expiresAt: Date | null;
  readonly planName: string | null;
  readonly fullName: string;
  readonly memberNumber: string | null;
  readonly tenantName: string;
  /** What stands in the picture; null for whoever may see the card but not show it. */
  readonly token: string | null;
}
