/**
 * `deno task pilot:report [--tenant=ks] [--branch=KS-A] [--from=2026-11-01] [--to=2026-11-15]
 * [--sev1=N] [--json]`: the figures of docs/pilot/PILOT_RUNBOOK.md, by default of the last 14 days. No
 * names in it. Exit status 1 if a stop criterion is touched.
 */
import postgres from "postgres";
import { readTaskEnv } from "../../local/task_env.ts";
import { type Cohort, readFigures } from "./figures_store.ts";
import { judge } from "./judge.ts";

const DAYS = 14;
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const complain = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

function readOptions(args: readonly string[]): Cohort & { sev1: number; json: boolean } | null {
  const given = new Map<string, string>();
  for (const arg of args) {
    const [, name, value = "yes"] = /^--(tenant|branch|from|to|sev1|json)(?:=(.+))?$/.exec(arg) ??
      [];
    if (name === undefined) return null;
    given.set(name, value);
  }
  const to = new Date(given.get("to") ?? Date.now());
  const from = new Date(given.get("from") ?? to.getTime() - DAYS * 86_400_000);
  const sev1 = Number(given.get("sev1") ?? 0);
  if (!(from < to) || !Number.isInteger(sev1) || sev1 < 0) return null;
  return {
    tenant: given.get("tenant") ?? "ks",
    branch: given.get("branch") ?? null,
    from,
    to,
    sev1,
    json: given.has("json"),
  };
}

async function main(): Promise<number> {
  const options = readOptions(Deno.args);
  if (options === null) {
    complain("--tenant=ks --branch=KS-A --from=2026-11-01 --to=2026-11-15 --sev1=0 --json");
    return 2;
  }
  const url = (await readTaskEnv())["SUPABASE_DB_URL"];
  if (!url) {
    complain("SUPABASE_DB_URL is missing: the database as its owner");
    return 2;
  }
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    const report = judge(await readFigures(sql, options), options.sev1);
    const { tenant, branch, from, to, json } = options;
    if (json) {
      say(JSON.stringify({ tenant, branch, from, to, ...report }, null, 2));
    } else {
      const day = (at: Date) => at.toISOString().slice(0, 10);
      say(`${branch ?? tenant}, ${day(from)} to ${day(to)}`);
      for (const { figure, value, target, met } of report.figures) {
        const mark = met === null ? "  " : met ? "ok" : "NO";
        say(`${mark} ${figure.padEnd(22)} ${value.padEnd(24)} ${target}`);
      }
      for (const reason of report.stop) say(`STOP ${reason}`);
    }
    return report.stop.length === 0 ? 0 : 1;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

Deno.exit(await main());
