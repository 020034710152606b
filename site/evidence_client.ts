/** Storage and the documents function, asked in the name of whoever uploads. */
import { createClient } from "@supabase/supabase-js";
import { AppError } from "@core/platform/errors.ts";

/** Where a file goes. */
export interface UploadPlace {
  readonly bucket: string;
  readonly path: string;
  /** Media type that was announced. */
  readonly type: string;
}

/** What the function says about an uploaded file: null for confirmed, else the code of its error. */
export type Verdict = string | null;

/** What is asked of Storage and the function. All throw `storage_unavailable` if they do not answer. */
export interface EvidenceClient {
  /**
   * An address to which a browser may send this one file; null if Storage takes none, for instance
   * because it is there already. Confirming tells which.
   */
  signUpload(accessToken: string, place: UploadPlace): Promise<string | null>;
  /** Stores a file, unless Storage takes none; confirming tells why. */
  upload(accessToken: string, place: UploadPlace, file: Blob): Promise<void>;
  /** Has an uploaded file looked at. */
  confirm(accessToken: string, documentId: string): Promise<Verdict>;
  /** Has the receipt of a payment by hand looked at and stored. */
  sendProof(accessToken: string, leadId: string, file: File): Promise<ProofAnswer>;
}

/** A receipt that was taken, or the code of the function's error. */
export type ProofAnswer =
  | { readonly id: string; readonly name: string }
  | { readonly code: string; readonly status: number };

/** Longest wait for an answer, in milliseconds; files take longer. */
const PATIENCE = 15_000;
const PATIENCE_WITH_FILE = 120_000;

/**
 * Prepares calls to a project's Storage and functions.
 *
 * @param env The project's address and publishable key.
 */
export function connectEvidence(
  env: { readonly supabaseUrl: string; readonly supabasePublishableKey: string },
): EvidenceClient {
  const storage = (accessToken: string, bucket: string, patience: number) =>
    createClient(env.supabaseUrl, env.supabasePublishableKey, {
      accessToken: () => Promise.resolve(accessToken),
      global: {
        fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(patience) }),
      },
    }).storage.from(bucket);

  return {
    async signUpload(accessToken, { bucket, path }) {
      const { data, error } = await storage(accessToken, bucket, PATIENCE)
        .createSignedUploadUrl(path);
      if (error && !isRefusal(error)) throw unavailable(error);
      return data?.signedUrl ?? null;
    },

    async upload(accessToken, { bucket, path, type }, file) {
      // As bare bytes: a form around them would be one more thing to take apart.
      const bytes = await file.arrayBuffer();
      const { error } = await storage(accessToken, bucket, PATIENCE_WITH_FILE)
        .upload(path, bytes, { contentType: type, upsert: false });
      if (error && !isRefusal(error)) throw unavailable(error);
    },

    async confirm(accessToken, documentId) {
      let answer: Response;
      try {
        answer = await fetch(`${env.supabaseUrl}/functions/v1/documents/${documentId}/confirm`, {
          method: "POST",
          headers: {
            apikey: env.supabasePublishableKey,
            authorization: `Bearer ${accessToken}`,
          },
          signal: AbortSignal.timeout(PATIENCE_WITH_FILE),
        });
      } catch (error) {
        throw unavailable(error);
      }
      const body: unknown = await answer.json().catch(() => null);
      if (answer.ok) return null;
      const code = (body as { error?: { code?: unknown } } | null)?.error?.code;
      if (answer.status >= 500 || typeof code !== "string") {
        throw unavailable(new Error(`the documents function answers ${answer.status}`));
      }
      return code;
    },

    async sendProof(accessToken, leadId, file) {
      let answer: Response;
      try {
        answer = await fetch(`${env.supabaseUrl}/functions/v1/documents/proofs?lead=${leadId}`, {
          method: "POST",
          headers: {
            apikey: env.supabasePublishableKey,
            authorization: `Bearer ${accessToken}`,
            "content-type": file.type || "application/octet-stream",
            "x-file-name": encodeURIComponent(file.name.toWellFormed()),
          },
          body: await file.arrayBuffer(),
          signal: AbortSignal.timeout(PATIENCE_WITH_FILE),
        });
      } catch (error) {
        throw unavailable(error);
      }
      const body = await answer.json().catch(() => null) as
        | { id?: unknown; name?: unknown; error?: { code?: unknown } }
        | null;
      const { id, name, error } = body ?? {};
      if (answer.ok && typeof id === "string" && typeof name === "string") return { id, name };
      if (answer.status >= 500 || typeof error?.code !== "string") {
        throw unavailable(new Error(`the documents function answers ${answer.status}`));
      }
      return { code: error.code, status: answer.status };
    },
  };
}

/** Whether Storage understood and said no, as it does to a file that is in its place already. */
function isRefusal(error: Error): boolean {
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown };
  const code = Number(status ?? statusCode);
  return code >= 400 && code < 500;
}

function unavailable(cause: unknown): AppError {
  return new AppError({
    code: "storage_unavailable",
    status: 503,
    message: "The file could not be stored at the moment. Please try again shortly.",
    retryAfter: 5,
    cause,
  });
}
