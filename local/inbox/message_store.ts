import { dirname } from "node:path";
import type { Message } from "./message.ts";

const capacity = 5_000;

/** The mails of the inbox: in memory, and as one JSON line each in a file that outlives a restart. */
export class MessageStore {
  #messages: Message[] = [];
  #lastWrite: Promise<void> = Promise.resolve();

  private constructor(readonly path: string | null) {}

  /**
   * Opens the store and reads what an earlier run left.
   *
   * @param path File of JSON lines, or null to keep mails in memory only.
   * @returns The store. A line torn by a killed process is dropped.
   */
  static async open(path: string | null): Promise<MessageStore> {
    const store = new MessageStore(path);
    if (path === null) return store;
    await Deno.mkdir(dirname(path), { recursive: true });
    const lines = (await readIfThere(path)).split("\n").filter((line) => line !== "");
    const whole = lines.flatMap(parseLine);
    store.#messages = whole.slice(-capacity);
    if (store.#messages.length !== lines.length) await store.#rewrite();
    return store;
  }

  /** All messages, newest first. */
  list(): Message[] {
    return this.#messages.toReversed();
  }

  /** All messages, oldest first, as they were accepted. */
  inOrder(): readonly Message[] {
    return this.#messages;
  }

  /**
   * One message.
   *
   * @param id Its id.
   * @returns The message, or undefined.
   */
  find(id: string): Message | undefined {
    return this.#messages.find((message) => message.id === id);
  }

  /**
   * Keeps messages; resolves once they are in the file.
   *
   * @param messages One mail, or all of a batch, which are written together.
   */
  async add(...messages: Message[]): Promise<void> {
    this.#messages.push(...messages);
    if (this.#messages.length > capacity) this.#messages = this.#messages.slice(-capacity);
    const lines = messages.map((message) => JSON.stringify(message) + "\n").join("");
    await this.#write(async (path) => {
      await Deno.writeTextFile(path, lines, { append: true, mode: 0o600 });
    });
  }

  /** Forgets every message. */
  async clear(): Promise<void> {
    this.#messages = [];
    await this.#rewrite();
  }

  /** Resolves when everything written so far is in the file. */
  async settled(): Promise<void> {
    await this.#lastWrite;
  }

  async #rewrite(): Promise<void> {
    const lines = this.#messages.map((message) => JSON.stringify(message) + "\n").join("");
    await this.#write(async (path) => {
      const temporary = `${path}.new`;
      await Deno.writeTextFile(temporary, lines, { mode: 0o600 });
      await Deno.rename(temporary, path);
    });
  }

  /** One write at a time, in the order asked for; a failed one does not stop the next. */
  async #write(work: (path: string) => Promise<void>): Promise<void> {
    const path = this.path;
    if (path === null) return;
    const mine = this.#lastWrite.then(() => work(path));
    this.#lastWrite = mine.catch(() => {});
    await mine;
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function parseLine(line: string): Message[] {
  try {
    return [JSON.parse(line) as Message];
  } catch {
    return [];
  }
}
