/** One file on its way from the browser to Storage. */
import { seenFileType } from "@core/claims/file_type.ts";

/** Where the site takes announcements, and what a file belongs to. */
export interface UploadTarget {
  /** `…/evidence`, without a slash at the end. */
  readonly url: string;
  readonly category: string;
  /** Request that the file answers; null for none. */
  readonly requestId: string | null;
}

/** A failure whose code has words of its own. */
export class UploadFailure extends Error {
  override readonly name = "UploadFailure";
  readonly code: string;
  /** Whether the same file may be tried again. */
  readonly mayRetry: boolean;

  constructor(code: string, mayRetry: boolean) {
    super(code);
    this.code = code;
    this.mayRetry = mayRetry;
  }
}

/** Codes after which another try may go better. */
const PASSING = ["unavailable", "too_fast", "not_uploaded", "expired"];

/**
 * Announces a file, sends it, and has it looked at.
 *
 * @param target Where to.
 * @param id The document's; the same for every try.
 * @param file The file.
 * @param onProgress Told how much has arrived, 0 to 1.
 * @param signal Calls it off.
 * @throws {UploadFailure} If the file is not taken, or the line is lost.
 */
export async function upload(
  target: UploadTarget,
  id: string,
  file: File,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const announced = await ask(target.url, signal, {
    id,
    name: file.name,
    type: await seenFileType(file),
    size: file.size,
    category: target.category,
    request: target.requestId,
  });
  if (announced["confirmed"] === true) return;
  // Without an address an earlier try may have arrived, its answer lost; looking at it tells.
  if (typeof announced["url"] === "string") {
    await put(announced["url"], String(announced["type"]), file, onProgress, signal);
  }
  await ask(`${target.url}/${id}/confirm`, signal);
}

/**
 * Takes a file back that was announced.
 *
 * @throws {UploadFailure} `not_found` if it was not announced yet, `not_allowed` if it is stored by
 * now and the claim was sent, `unavailable` if the line is lost.
 */
export async function removeUpload(target: UploadTarget, id: string): Promise<void> {
  await ask(`${target.url}/${id}/remove`, AbortSignal.timeout(15_000));
}

async function ask(
  url: string,
  signal: AbortSignal,
  body?: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  let answer: Response;
  let said: unknown;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body ?? {}),
      signal,
    });
    said = await answer.json();
  } catch {
    throw new UploadFailure("unavailable", true);
  }
  if (answer.ok) return said as Record<string, unknown>;
  const code = (said as { error?: { code?: unknown } }).error?.code;
  const known = answer.status === 429
    ? "too_fast"
    : answer.status >= 500 || typeof code !== "string"
    ? "unavailable"
    : code;
  throw new UploadFailure(known, PASSING.includes(known));
}

/** `fetch` tells nothing of how an upload gets on. */
function put(
  url: string,
  type: string,
  file: File,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = () => reject(new UploadFailure("unavailable", true));
    request.open("PUT", url);
    request.setRequestHeader("content-type", type);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      // A refusal may mean that an earlier try arrived after all; looking at it tells.
      if (request.status < 500) resolve();
      else fail();
    };
    request.onerror = fail;
    request.ontimeout = fail;
    request.onabort = fail;
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
