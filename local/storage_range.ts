/**
 * Parts of files: hosted Storage heeds `Range`, the embedded one answers with the whole file. Its
 * answers are cut here, as they stream.
 */

/** A part of a file; both ends belong to it. */
interface Part {
  readonly first: number;
  readonly last: number;
}

/**
 * Cuts Storage's answer to what the request asked for.
 *
 * @param request The request.
 * @param answer Storage's answer to it.
 * @returns 206 with the part, 416 if there is no such part, else the answer as it was.
 */
export function withRange(request: Request, answer: Response): Response {
  const range = request.headers.get("range");
  const length = Number(answer.headers.get("content-length") ?? NaN);
  const isFile = request.method === "GET" && answer.status === 200 && answer.body !== null &&
    answer.headers.get("accept-ranges") === "bytes" && Number.isSafeInteger(length);
  if (range === null || !isFile) return answer;
  const part = partOf(range, length);
  if (part === undefined) return answer;
  const headers = new Headers(answer.headers);
  if (part === null) {
    void answer.body?.cancel();
    headers.delete("content-length");
    headers.set("content-range", `bytes */${length}`);
    return new Response(null, { status: 416, headers });
  }
  const { first, last } = part;
  headers.set("content-length", String(last - first + 1));
  headers.set("content-range", `bytes ${first}-${last}/${length}`);
  const body = answer.body?.pipeThrough(cut(first, last - first + 1)) ?? null;
  return new Response(body, { status: 206, headers });
}

/** One part in bytes: null if the file has no such part, undefined if the header is to be ignored. */
function partOf(range: string, length: number): Part | null | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range.trim());
  if (match === null || match[1] === "" && match[2] === "") return undefined;
  const [from, to] = [match[1] ?? "", match[2] ?? ""];
  const first = from === "" ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === "" || to === "" ? length - 1 : Math.min(Number(to), length - 1);
  if (from !== "" && to !== "" && Number(to) < first) return undefined;
  return first < length && last >= first ? { first, last } : null;
}

function cut(skip: number, take: number): TransformStream<Uint8Array, Uint8Array> {
  let [before, left] = [skip, take];
  return new TransformStream({
    transform(chunk, controller) {
      const part = chunk.subarray(before, before + left);
      before -= Math.min(before, chunk.byteLength);
      left -= part.byteLength;
      if (part.byteLength > 0) controller.enqueue(part);
      if (left === 0) controller.terminate();
    },
  });
}
