/** The card that a member shows. */
import { type Card, readCard } from "@core/agents/card_store.ts";
import type { State } from "../utils.ts";
import { viewerOf } from "./guards.ts";

/** A card with the address in its code. */
export interface ShownCard extends Card {
  /** What scanners read; null for a card that is over. */
  readonly address: string | null;
}

/**
 * The signed-in member's card.
 *
 * @param state The request's state.
 * @returns Null if they have none.
 */
export async function ownCard(state: State): Promise<ShownCard | null> {
  const card = await state.db((tx) => readCard(tx, viewerOf(state).id));
  if (card === null) return null;
  const { token } = card;
  // Without a language: whoever scans it reads the page in their own.
  return { ...card, address: token === null ? null : `${state.origin}/verify/${token}` };
}
