/** What a gate leaves behind: which steps went well, and how the first failure looked. */
import { z } from "zod";

/** The summary's file. */
export const GateSummary = z.object({
  ok: z.boolean(),
  /** What was tried: `APP_VERSION`, or the commit. */
  version: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** Steps that went well, in their order. */
  steps: z.array(z.string()),
  failures: z.array(z.object({
    step: z.string(),
    /** The page it was at, without what tells of a person. */
    where: z.string(),
    /** The plain words of the failure. */
    signature: z.string(),
  })),
});

/** See {@link GateSummary}. */
export type GateSummary = z.infer<typeof GateSummary>;
