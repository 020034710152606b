/** Evidence that other tools give: doctor, guard, health, the last gate. */
import { join, resolve } from "node:path";
import { GateSummary } from "../gate/summary.ts";
import { runGuard } from "../guard/guard.ts";
import { ROOT, type StackEnv } from "../settings.ts";
import { run } from "../system.ts";
import { signature } from "./clean.ts";

/** A piece of evidence, or why there is none. */
export interface Evidence {
  readonly ok: boolean | null;
  readonly value: unknown;
}

/** Where the last gate left its summary. */
export function gateSummary(env: StackEnv): string {
  return resolve(ROOT, env["STATE_DIR"] ?? ".local", "gate", "summary.json");
}

/** Runs the doctor. */
export function askDoctor(env: StackEnv): Promise<Evidence> {
  return orWhyNot(async () => {
    const { stdout, stderr } = await run(
      [Deno.execPath(), "run", "-A", join(ROOT, "local", "doctor.ts"), "--json"],
      { cwd: ROOT, env: { ...env } },
    );
    const value = JSON.parse(stdout || "null") as { ok?: boolean } | null;
    if (value === null) throw new Error(stderr);
    return { ok: value.ok === true, value };
  });
}

/** Runs the guard. */
export function askGuard(databaseUrl: string): Promise<Evidence> {
  return orWhyNot(async () => {
    const value = await runGuard({ databaseUrl });
    return { ok: value.every(({ findings }) => findings.length === 0), value };
  });
}

/** Asks the site how it is. */
export function askHealth(env: StackEnv): Promise<Evidence> {
  return orWhyNot(async () => {
    const answer = await fetch(`${env["SITE_URL"]}/api/health`, {
      signal: AbortSignal.timeout(10_000),
    });
    return { ok: answer.ok, value: { status: answer.status, body: await answer.json() } };
  });
}

/** Reads what the last gate wrote. */
export function readGate(env: StackEnv): Promise<Evidence> {
  return orWhyNot(async () => {
    const value = GateSummary.parse(JSON.parse(await Deno.readTextFile(gateSummary(env))));
    const failures = value.failures.map((one) => ({ ...one, signature: signature(one.signature) }));
    return { ok: value.ok, value: { ...value, failures } };
  });
}

async function orWhyNot(ask: () => Promise<Evidence>): Promise<Evidence> {
  try {
    return await ask();
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is none" : String(error);
    return { ok: null, value: { missing: why } };
  }
}
