/** Which errors of PostgreSQL and its driver mean what. */
import { DatabaseUnavailable, Stopped } from "./errors.ts";

/** Errors of the socket (Node's names, postgres.js' names) and of a server that is going or full. */
const CONNECTION_FAILURES = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "ETIMEDOUT",
  "25P03", // idle_in_transaction_session_timeout: the server has closed the connection
  "53300", // too_many_connections
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
]);

/**
 * Whether an error means that the database is out of reach, rather than that it refused a statement.
 *
 * @param error What was thrown.
 * @returns True for socket errors and for a server that shuts down, starts up or is full.
 */
export function isConnectionFailure(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && (CONNECTION_FAILURES.has(code) || code.startsWith("08"));
}

/**
 * PostgreSQL's error code of a refused statement, for instance `23505` for a unique violation.
 *
 * @param error What was thrown.
 * @returns The five-character SQLSTATE, or undefined if this is another kind of error.
 */
export function sqlState(error: unknown): string | undefined {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return name === "PostgresError" && typeof code === "string" ? code : undefined;
}

/**
 * What callers see of an error that is no refusal of a single statement.
 *
 * @param error What was thrown, of any kind.
 * @returns The error itself; a {@linkcode DatabaseUnavailable} caused by it if it was the connection;
 * {@linkcode Stopped} if the database obeyed an operator's switch.
 */
export function asAnswered(error: unknown): unknown {
  const { hint } = (error ?? {}) as { hint?: unknown };
  if (sqlState(error) !== undefined && (hint === "read_only" || hint === "uploads_stopped")) {
    return new Stopped(hint, error);
  }
  if (error instanceof DatabaseUnavailable || !isConnectionFailure(error)) return error;
  return new DatabaseUnavailable(error);
}
