import { z } from "zod";

/**
 * The ways in which the inbox can misbehave on purpose:
 * `500` refuses, `500_after_accept` keeps the mail and then fails, `429` and `quota` refuse with
 * Resend's two limits, `hang` never answers, `hang_after_accept` keeps the mail and never answers.
 */
export const faultKinds = [
  "500",
  "500_after_accept",
  "429",
  "quota",
  "hang",
  "hang_after_accept",
] as const;

/** One of {@link faultKinds}. */
export type FaultKind = typeof faultKinds[number];

/** What `POST /api/faults` takes. Without `count` and `ratio` every request fails until cleared. */
export const FaultRequest = z.object({
  kind: z.union([z.string(), z.number()]).transform(String).pipe(z.enum(faultKinds)),
  /** Fails this many of the next requests. */
  count: z.number().int().min(1).optional(),
  /** Fails this share of requests, 0 to 1. */
  ratio: z.number().min(0).max(1).optional(),
});

/** A fault as it is switched on. */
export interface Fault {
  kind: FaultKind;
  /** Requests left to fail, null for no end. */
  count: number | null;
  /** Share of requests that fail, 0 to 1. */
  ratio: number;
}

/** The faults switched on at the moment. */
export class Faults {
  #active: Fault[] = [];

  /** @param random Numbers from 0 up to 1; replaced in tests. */
  constructor(private readonly random: () => number = Math.random) {}

  /** What is switched on, in the order it was. */
  get active(): readonly Fault[] {
    return this.#active;
  }

  /**
   * Switches a fault on, besides those that are.
   *
   * @param request Kind and extent.
   */
  add(request: z.infer<typeof FaultRequest>): void {
    this.#active.push({
      kind: request.kind,
      count: request.count ?? null,
      ratio: request.ratio ?? 1,
    });
  }

  /** Switches all faults off. */
  clear(): void {
    this.#active = [];
  }

  /**
   * Decides how the request at hand fails, and counts it.
   *
   * @returns The kind, or null when it may pass.
   */
  next(): FaultKind | null {
    for (const fault of this.#active) {
      if (fault.ratio < 1 && this.random() >= fault.ratio) continue;
      if (fault.count !== null) fault.count--;
      this.#active = this.#active.filter((one) => one.count !== 0);
      return fault.kind;
    }
    return null;
  }
}
