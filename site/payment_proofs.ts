/** Hands a receipt that came with a form on to the function that looks at it and stores it. */
import { HttpError } from "fresh";
import type { State } from "../utils.ts";
import { FileRefused } from "./evidence.ts";

/** A receipt that was taken. */
export interface TakenProof {
  readonly id: string;
  readonly name: string;
}

/**
 * Uploads the receipt of a payment.
 *
 * @param state The request's, of the lead's agent.
 * @param leadId The lead.
 * @param file The photo or paper.
 * @throws {FileRefused} If it is not taken; its code is part of `evidence.problem.*`.
 * @throws If the function or Storage is away.
 */
export async function uploadProof(state: State, leadId: string, file: File): Promise<TakenProof> {
  if (state.accessToken === null) throw new HttpError(401);
  if (await state.services.flags.isOn("stop_uploads", state.tenant.id)) {
    throw new FileRefused("uploads_stopped", 503);
  }
  if (file.size < 1) throw new FileRefused("empty_file");
  const answer = await state.services.evidence.sendProof(state.accessToken, leadId, file);
  if ("id" in answer) return answer;
  throw new FileRefused(PROBLEMS[answer.code] ?? answer.code, answer.status);
}

/** Codes of the function that have other words on pages. */
const PROBLEMS: Readonly<Record<string, string>> = {
  "payload_too_large": "too_large",
  "too_many_requests": "too_fast",
};
