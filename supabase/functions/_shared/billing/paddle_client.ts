/** Paddle's SDK as every call here uses it: which Paddle, how long to wait, what a failure is. */
import { ApiError, Environment, LogLevel, Paddle } from "@paddle/paddle-node-sdk";
import type { PaddleEnv } from "@core/platform/env.ts";
import { PaddleRefused, PaddleUnavailable } from "@core/platform/errors.ts";

/** Paddle's SDK and the way to wait for its answers. */
export interface PaddleClient {
  readonly sdk: Paddle;
  /** Asks Paddle within the time limit. @throws {PaddleUnavailable | PaddleRefused} */
  call<T>(ask: () => Promise<T>): Promise<T>;
}

/**
 * Prepares the SDK.
 *
 * @param env The key and which Paddle it is for.
 * @param timeout Longest that one call may take, in milliseconds.
 * @returns The SDK and the way to wait for its answers.
 */
export function createPaddleClient(env: PaddleEnv, timeout: number): PaddleClient {
  const sdk = new Paddle(env.apiKey, {
    environment: sdkEnvironment(env),
    logLevel: LogLevel.none,
  });
  return { sdk, call: (ask) => withinTime(ask, timeout) };
}

/** The SDK takes any base address in place of an environment it knows, though its types do not say so. */
function sdkEnvironment(env: PaddleEnv): Environment {
  if (env.environment === "production") return Environment.production;
  if (env.environment === "sandbox") return Environment.sandbox;
  if (env.apiUrl === undefined) throw new Error("the local Paddle needs an address");
  return env.apiUrl as Environment;
}

/**
 * Whether Paddle refused because it has nothing by that id.
 *
 * @param error What was thrown.
 */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof PaddleRefused)) return false;
  return error.paddleCode === "not_found" || error.paddleCode.endsWith("_not_found");
}

/** The SDK has no time limit and takes no signal, so the answer is not waited for any longer. */
async function withinTime<T>(ask: () => Promise<T>, timeout: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeout} ms`)), timeout);
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    throw asPaddleError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Paddle's own refusals on one side; on the other its overload, a bad answer, a broken line. */
function asPaddleError(error: unknown): PaddleRefused | PaddleUnavailable {
  if (!(error instanceof ApiError)) return new PaddleUnavailable(error);
  if (error.type === "api_error" || error.code === "too_many_requests") {
    return new PaddleUnavailable(error, error.retryAfter ?? undefined);
  }
  return new PaddleRefused(error.code, error);
}
