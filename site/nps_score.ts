/** The Net Promoter Score: share of promoters less share of critics. Pure. */

/** Who gave which numbers. */
export const NPS_GROUPS = ["promoters", "passives", "detractors"] as const;

/** One of {@linkcode NPS_GROUPS}. */
export type NpsGroup = typeof NPS_GROUPS[number];

/** First and last number of each group. */
export const NPS_BOUNDS: Readonly<Record<NpsGroup, readonly [from: number, to: number]>> = {
  promoters: [9, 10],
  passives: [7, 8],
  detractors: [0, 6],
};

/** How many people gave a number. */
export interface ScoreCount {
  /** 0 to 10. */
  readonly score: number;
  readonly count: number;
}

/** How many answers there are in each group. */
export type GroupCounts = Readonly<Record<NpsGroup, number>>;

/** Below so many answers a single one moves the score by several points. */
export const FEW_ANSWERS = 20;

/** The group of a number from 0 to 10. */
export function groupOf(score: number): NpsGroup {
  return score >= 9 ? "promoters" : score >= 7 ? "passives" : "detractors";
}

/** Counts by group from counts by number. */
export function groupCounts(counts: readonly ScoreCount[]): GroupCounts {
  const groups = { promoters: 0, passives: 0, detractors: 0 };
  for (const { score, count } of counts) groups[groupOf(score)] += count;
  return groups;
}

/** How many answers there are in all. */
export function answersIn({ promoters, passives, detractors }: GroupCounts): number {
  return promoters + passives + detractors;
}

/**
 * The score.
 *
 * @returns A whole number from -100 to 100, or null without answers.
 */
export function netPromoterScore(groups: GroupCounts): number | null {
  const total = answersIn(groups);
  if (total === 0) return null;
  // A half is rounded away from zero on both sides; `Math.round` alone would lift both.
  const exact = ((groups.promoters - groups.detractors) * 100) / total;
  return Math.sign(exact) * Math.round(Math.abs(exact)) + 0;
}

/** A part of a whole in whole percent; 0 of nothing. */
export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part * 100) / whole);
}

/** A score as people write it: with its sign, and a real minus. */
export function signed(score: number | null): string {
  if (score === null) return "–";
  if (score === 0) return "0";
  return score > 0 ? `+${score}` : `−${-score}`;
}
