/**
 * As much of the tar format as a backup needs, so that any `tar` opens one: plain files with short
 * names, one after the other, streamed both ways.
 */
const BLOCK = 512;
/** Sizes above this do not fit into the octal field of the header. */
const LARGEST_OCTAL = 0o77777777777;

/** The file is no tar, or it ends before its end. */
export class BrokenTar extends Error {
  override readonly name = "BrokenTar";
}

/** One file inside. */
export interface TarEntry {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Its content; read it to the end before asking for the next entry. */
  readonly body: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/**
 * Appends one file.
 *
 * @param out Where the tar is written.
 * @param name Its name, at most 100 ASCII characters.
 * @param size How many bytes follow.
 * @param body Exactly so many bytes.
 * @throws {RangeError} If there are more or fewer.
 */
export async function appendEntry(
  out: Deno.FsFile,
  name: string,
  size: number,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  await writeAll(out, headerOf(name, size));
  let written = 0;
  for await (const chunk of body) {
    written += chunk.byteLength;
    await writeAll(out, chunk);
  }
  if (written !== size) {
    throw new RangeError(`${name} has ${written} bytes, ${size} were announced`);
  }
  await writeAll(out, new Uint8Array(padding(size)));
}

/** Says that nothing follows. */
export async function endTar(out: Deno.FsFile): Promise<void> {
  await writeAll(out, new Uint8Array(2 * BLOCK));
}

/**
 * Reads a tar from its beginning.
 *
 * @param file The file, at its beginning.
 * @throws {BrokenTar} If it is none, or is cut off.
 */
export async function* readTar(file: Deno.FsFile): AsyncGenerator<TarEntry> {
  const source = new Source(file);
  for (;;) {
    const header = await source.exactly(BLOCK);
    if (header.every((byte) => byte === 0)) {
      await source.exactly(BLOCK);
      if (!await source.isAtEnd()) throw new BrokenTar("something follows after its end");
      return;
    }
    const { name, size } = parseHeader(header);
    let left = size;
    const body = async function* () {
      while (left > 0) {
        const chunk = await source.upTo(left);
        left -= chunk.byteLength;
        yield chunk;
      }
    };
    yield { name, size, body: body() };
    while (left > 0) left -= (await source.upTo(left)).byteLength;
    await source.exactly(padding(size));
  }
}

class Source {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  async upTo(bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const buffer = new Uint8Array(Math.min(bytes, 65_536));
    const read = await this.#file.read(buffer);
    if (read === null) throw new BrokenTar("it is cut off");
    return buffer.subarray(0, read);
  }

  async exactly(bytes: number): Promise<Uint8Array> {
    const whole = new Uint8Array(bytes);
    for (let at = 0; at < bytes;) {
      const chunk = await this.upTo(bytes - at);
      whole.set(chunk, at);
      at += chunk.byteLength;
    }
    return whole;
  }

  async isAtEnd(): Promise<boolean> {
    return await this.#file.read(new Uint8Array(1)) === null;
  }
}

function headerOf(name: string, size: number): Uint8Array {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) throw new RangeError(`not a name for a tar: ${name}`);
  if (size > LARGEST_OCTAL) throw new RangeError(`${name} is larger than 8 GiB`);
  const header = new Uint8Array(BLOCK);
  const put = (text: string, at: number) => header.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  put(name, 0);
  put(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  put(`${octal(size, 11)}\0${octal(0, 11)}\0`, 124);
  put(" ".repeat(8), 148);
  put("0", 156);
  put("ustar\x0000", 257);
  put(`${octal(sum(header), 6)}\0 `, 148);
  return header;
}

function parseHeader(header: Uint8Array): { name: string; size: number } {
  const text = (from: number, length: number) =>
    new TextDecoder().decode(header.subarray(from, from + length)).split("\0")[0] ?? "";
  const blanked = Uint8Array.from(header);
  blanked.fill(0x20, 148, 156);
  const size = parseInt(text(124, 12), 8);
  if (text(257, 6) !== "ustar" || parseInt(text(148, 8), 8) !== sum(blanked) || !(size >= 0)) {
    throw new BrokenTar("it is not a tar, or was altered");
  }
  return { name: text(0, 100), size };
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + byte, 0);
}

function padding(size: number): number {
  return (BLOCK - size % BLOCK) % BLOCK;
}

async function writeAll(out: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) at += await out.write(bytes.subarray(at));
}
