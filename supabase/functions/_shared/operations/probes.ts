/** Asks what is outside of the database whether it is there and knows us. */
import { connectPaddle } from "@core/billing/paddle_api.ts";
import { probeBucket } from "@core/documents/storage_keeper.ts";
import type { FunctionsEnv } from "@core/platform/env.ts";
import { PaddleRefused } from "@core/platform/errors.ts";
import { type Finding, well, wrong } from "./checks/check.ts";

/** The longest that each is waited for, in milliseconds. */
const PATIENCE = 5_000;
const RESEND = "https://api.resend.com";

/** The buckets of `supabase/config.toml`; the probe file goes through the first. */
export const BUCKETS: readonly string[] = ["claim-evidence", "payment-proofs", "audit-heads"];

/** Paddle's API, with our key. */
export async function probePaddle({ paddle }: FunctionsEnv): Promise<Finding> {
  const started = performance.now();
  try {
    await connectPaddle(paddle, { timeout: PATIENCE }).ping();
    return well({ facts: { ms: since(started), environment: paddle.environment } });
  } catch (error) {
    return error instanceof PaddleRefused
      ? wrong("paddle_key", { detail: "PADDLE_API_KEY" })
      : wrong("paddle_away");
  }
}

/** Resend's API, with our key. */
export async function probeResend({ mail }: FunctionsEnv): Promise<Finding> {
  const started = performance.now();
  try {
    const answer = await fetch(`${mail.baseUrl ?? RESEND}/domains`, {
      headers: { authorization: `Bearer ${mail.apiKey}` },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const body = await answer.text();
    if (answer.status >= 500 || answer.status === 429) {
      return wrong("resend_away", { detail: String(answer.status) });
    }
    // A key that may only send is refused by name here; that is the key to have.
    const isOurs = answer.ok || body.includes("restricted_api_key");
    return isOurs
      ? well({ facts: { ms: since(started) } })
      : wrong("resend_key", { detail: "RESEND_API_KEY" });
  } catch {
    // Whatever the network said: nobody answered.
    return wrong("resend_away");
  }
}

/** Every bucket is there, and a small file comes back as it went. */
export async function probeStorage(env: FunctionsEnv): Promise<Finding> {
  const started = performance.now();
  try {
    const { missing, isWhole } = await probeBucket(env, BUCKETS);
    if (missing.length > 0) return wrong("bucket_missing", { detail: missing.join(", ") });
    if (!isWhole) return wrong("storage_alters");
    return well({ facts: { ms: since(started), buckets: BUCKETS.length } });
  } catch {
    // Storage that answers nothing, or nonsense, is away for us.
    return wrong("storage_away");
  }
}

function since(started: number): number {
  return Math.round(performance.now() - started);
}
