/** The survey behind a link, as the page asks for it. What an answer may be is for the core to say. */
import { z } from "zod";
import {
  answerNps,
  npsComment,
  type NpsOutcome,
  type NpsState,
  npsState,
} from "@core/outreach/nps.ts";
import type { Database } from "@core/platform/database.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import type { LinkFacts } from "./link_keys.ts";

/** The numbers to choose from. */
export const SCORES = Array.from({ length: 11 }, (_, score) => score);

const say = (key: MessageKey) => key;

/** The form of the survey. */
export const SurveyForm = z.object({
  score: z.string(say("nps.missing")).regex(/^(?:10|\d)$/, say("nps.missing")).transform(Number),
  comment: z.string().default("").pipe(npsComment(say("nps.comment.long"))),
});

/** An answer. */
export type SurveyAnswer = z.infer<typeof SurveyForm>;

/**
 * Where the survey of a link stands. Opening it uses nothing up.
 *
 * @param db Asked as a visitor, whoever is signed in.
 * @param key The link's key.
 */
export async function readSurvey(
  db: Pick<Database, "asAnon">,
  key: string,
): Promise<LinkFacts<NpsState>> {
  return await db.asAnon((tx) => npsState(tx, key));
}

/**
 * Answers the survey of a link, once: of several answers at the same time one counts.
 *
 * @param db Asked as a visitor, whoever is signed in.
 * @param key The link's key.
 * @param answer What was chosen and written.
 */
export async function answerSurvey(
  db: Pick<Database, "asAnon">,
  key: string,
  answer: SurveyAnswer,
): Promise<LinkFacts<NpsOutcome>> {
  return await db.asAnon((tx) => answerNps(tx, { token: key, ...answer }));
}
