/** What comes of an agent's link. */
import type { Transaction } from "../platform/database.ts";
import type { ReferralFigures } from "./referral.ts";

export type { ReferralFigures } from "./referral.ts";

/**
 * Counts a visit with somebody's code; one that leads nowhere is passed over.
 *
 * @param tx A transaction of a visitor.
 * @param code The code.
 */
export async function countReferralClick(tx: Transaction, code: string): Promise<void> {
  await tx`select private.count_referral_click(${code})`;
}

/**
 * What came of an agent's link.
 *
 * @param tx A transaction in the agent's name, their manager's or an administrator's.
 * @param agentId The agent.
 */
export async function referralFigures(tx: Transaction, agentId: string): Promise<ReferralFigures> {
  const [[sums], byDay] = await Promise.all([
    tx<{ clicks: number; signUps: number; members: number }[]>`
      select clicks, sign_ups, members from private.referral_figures(${agentId}::uuid)`,
    tx<{ day: string; clicks: number }[]>`
      select to_char(day, 'YYYY-MM-DD') as day, clicks
      from public.referral_clicks
      where agent_id = ${agentId}::uuid and day > current_date - 30
      order by day`,
  ]);
  return { clicks: 0, signUps: 0, members: 0, ...sums, byDay };
}
