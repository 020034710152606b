/** Runs the loops one step after the other and stops at the first that fails. */
import { chromium, type Page } from "playwright-core";
import { scrub } from "@core/platform/scrub.ts";
import type { StackEnv } from "../settings.ts";
import { loop, type OpenPage, type Step } from "./loops.ts";
import { places } from "./people.ts";
import type { GateSummary } from "./summary.ts";

/** Options of {@linkcode runGate}. */
export interface GateOptions {
  readonly env: StackEnv;
  readonly say: (line: string) => void;
  /** Other steps than the loops', for tests. */
  readonly steps?: readonly Step[];
}

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];

/**
 * Runs the gate.
 *
 * @param options The stack, and who is told.
 * @returns What to write into the summary.
 */
export async function runGate(
  { env, say, steps = allSteps(env) }: GateOptions,
): Promise<GateSummary> {
  const startedAt = new Date().toISOString();
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGS });
  const open = new Map<string, Promise<Page>>();
  let current: Page | null = null;
  const openPage: OpenPage = async (who) => {
    const opening = open.get(who) ?? newPage();
    open.set(who, opening);
    current = await opening;
    return current;
  };
  async function newPage() {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    return page;
  }
  const done: string[] = [];
  const failures: { step: string; where: string; signature: string }[] = [];
  try {
    for (const step of steps) {
      try {
        await step.run(openPage);
        done.push(step.name);
        say(`ok     ${step.name}`);
      } catch (error) {
        const failure = {
          step: step.name,
          where: current === null ? "" : pattern((current as Page).url()),
          signature: failureSignature(error),
        };
        failures.push(failure);
        say(`FAILED ${failure.step} at ${failure.where}: ${failure.signature}`);
        break;
      }
    }
  } finally {
    await browser.close();
  }
  return {
    ok: failures.length === 0,
    version: env["APP_VERSION"] ?? "unknown",
    startedAt,
    finishedAt: new Date().toISOString(),
    steps: done,
    failures,
  };
}

function allSteps(env: StackEnv): Step[] {
  const [one, other] = places(env);
  if (one === undefined || other === undefined) return [];
  return [...loop(one, other, env), ...loop(other, one, env)];
}

/** The path of an address, with ids and keys made equal. */
export function pattern(address: string): string {
  const path = URL.parse(address)?.pathname ?? "";
  return path.split("/").map((part) => /^[0-9a-f-]{36}$|^[\w-]{40,}$/.test(part) ? ":id" : part)
    .join("/");
}

/** What tells this failure from another, the same on every run. */
export function failureSignature(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const wanted = /getByTestId\('([\w-]+)'\)|waiting for (?:locator\('([^']+)'\)|(navigation))/.exec(
    text,
  );
  if (/Timeout \d+ms exceeded/.test(text) && wanted !== null) {
    return `timed out waiting for ${wanted[1] ?? wanted[2] ?? wanted[3]}`;
  }
  return scrub(text.split("\n")[0] ?? "");
}
