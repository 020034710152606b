/** The plain form for one file, as the pages take it. */
import { AppError } from "@core/platform/errors.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import { fileProblem, FileRefused, takeFile } from "./evidence.ts";
import { withFileForm } from "./file_form.ts";
import { isUuid } from "./links.ts";

/** What became of a form with a file: stored, or why not and for which request. */
export type UploadOutcome =
  | { readonly stored: true; readonly requestId: string | null }
  | {
    readonly stored: false;
    readonly problem: MessageKey;
    readonly requestId: string | null;
    readonly status: number;
  };

/**
 * Takes the plain form with a file.
 *
 * @param state The request's.
 * @param req The request, a form with a file.
 * @param claimId The claim that it belongs to; whose it is, the database knows.
 */
export async function takeUploadForm(
  state: State,
  req: Request,
  claimId: string,
): Promise<UploadOutcome> {
  return await withFileForm(req, async ({ fields, file, tooLarge }) => {
    const request = (fields["request"] ?? "").toLowerCase();
    const requestId = isUuid(request) ? request : null;
    const refused = (code: string, status: number): UploadOutcome => ({
      stored: false,
      problem: fileProblem(code),
      requestId,
      status,
    });
    if (tooLarge) return refused("too_large", 413);
    if (file === null) return refused("none_chosen", 422);
    const id = (fields["id"] ?? "").toLowerCase();
    try {
      await takeFile(state, {
        claimId,
        id: isUuid(id) ? id : crypto.randomUUID(),
        file,
        category: fields["category"] ?? "evidence",
        requestId,
      });
      return { stored: true, requestId };
    } catch (error) {
      if (error instanceof FileRefused) return refused(error.code, error.status);
      if (!(error instanceof AppError) || error.code !== "storage_unavailable") throw error;
      state.services.log.warn("a file could not be stored", { requestId: state.requestId, error });
      return refused("unavailable", 503);
    }
  });
}
