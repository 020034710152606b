/**
 * A small structured logger: one JSON object a line, short enough for hosted log limits, with
 * everything that looks like a secret left out.
 */

/** Further facts of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes log lines; made by {@link createLogger}. */
export interface Logger {
  /** Something worth knowing later. */
  info(message: string, fields?: LogFields): void;
  /** Something odd that did no harm. */
  warn(message: string, fields?: LogFields): void;
  /** Something that went wrong. */
  error(message: string, fields?: LogFields): void;
  /** The same logger with `fields` on every line. */
  with(fields: LogFields): Logger;
}

/** How a logger writes. */
export interface LoggerOptions {
  /** Receives one finished line, without a line break. Standard error if left out. */
  readonly write?: (line: string) => void;
  /** The time of each line in milliseconds since 1970. */
  readonly now?: () => number;
}

/** Hosted Supabase cuts log lines at 10,000 characters. */
const MAX_LINE = 8_000;
const SECRET_NAME =
  /secret|password|token|authorization|cookie|api_?key|signature$|^(?:query|parameters|args|detail|where)$/i;

/**
 * Makes a logger.
 *
 * @param fields Facts that every line carries, such as the function's name.
 * @param options Where lines go.
 * @returns The logger.
 */
export function createLogger(fields: LogFields = {}, options: LoggerOptions = {}): Logger {
  const write = options.write ?? writeToStandardError;
  const now = options.now ?? Date.now;
  const log = (level: string, message: string, more: LogFields = {}) => {
    const line = JSON.stringify({
      time: new Date(now()).toISOString(),
      level,
      message,
      ...plainFields(fields),
      ...plainFields(more),
    });
    write(line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line);
  };
  return {
    info: (message, more) => log("info", message, more),
    warn: (message, more) => log("warn", message, more),
    error: (message, more) => log("error", message, more),
    with: (more) => createLogger({ ...fields, ...more }, options),
  };
}

/** A logger that writes nowhere, for tests that are not about logging. */
export const silentLogger: Logger = createLogger({}, { write: () => {} });

function writeToStandardError(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

function plainFields(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, plain(name, value, 0)]),
  );
}

function plain(name: string, value: unknown, depth: number): unknown {
  if (SECRET_NAME.test(name)) return "[left out]";
  if (value instanceof Error) return depth > 3 ? value.name : plainError(value, depth);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth > 3) return "…";
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => plain("", item, depth + 1));
  if (value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, plain(key, item, depth + 1)]),
  );
}

/** The parts of an error that help and hold no data: PostgreSQL's `detail` quotes row values. */
function plainError(error: Error, depth: number): Record<string, unknown> {
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    // What was fetched may hold a link's key.
    message: error.message.replace(/(https?:\/\/[^\s/()"']+)\/[^\s()"']+/g, "$1/…"),
    ...(typeof code === "string" ? { code } : {}),
    stack: error.stack?.split("\n").slice(1, 6).map((line) => line.trim()),
    ...(error.cause === undefined ? {} : { cause: plain("cause", error.cause, depth + 1) }),
  };
}
