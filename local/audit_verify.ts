/**
 * `deno task audit:verify [--head=POSITION:HASH …]`: is the audit log as it was sealed? Compares it with
 * its chain, and the chain with the heads in Storage and those that are given, for example from the
 * functions' log. Exit status 1, and a line that says where, if not. Environment: that of the functions
 * and `SUPABASE_DB_URL`; locally `$STATE_DIR/env` is read.
 */
import postgres from "postgres";
import { type AuditHead, readHeads } from "@core/audit/heads.ts";
import { EnvError, readFunctionsEnv } from "@core/platform/env.ts";
import { AppError } from "@core/platform/errors.ts";
import { type Finding, verifyAuditLog } from "./audit_log.ts";
import { readTaskEnv } from "./task_env.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const complain = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

function headsOf(args: readonly string[]): AuditHead[] | null {
  const heads: AuditHead[] = [];
  for (const arg of args) {
    const [, position, chainHash] = /^--head=([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(arg) ?? [];
    if (position === undefined || chainHash === undefined) return null;
    heads.push({ position: Number(position), chainHash });
  }
  return heads;
}

function told({ problem, position, seq, detail }: Finding): string {
  const place = position === null ? "" : ` at place ${position}`;
  const row = seq === null ? "" : `, row ${seq}`;
  return `BROKEN ${problem}${place}${row}${detail === "" ? "" : `: ${detail}`}`;
}

async function main(): Promise<number> {
  const given = headsOf(Deno.args);
  if (given === null) {
    complain("Give heads as --head=POSITION:HASH, the hash in 64 hexadecimal digits.");
    return 2;
  }
  const source = await readTaskEnv();
  const env = readFunctionsEnv(source);
  const url = source["SUPABASE_DB_URL"];
  if (url === undefined) {
    throw new EnvError("SUPABASE_DB_URL is missing: the database as its owner");
  }
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const { sealed, unsealed, heads, findings } = await verifyAuditLog(sql, {
      ...await readHeads(env),
      given,
    });
    say(`${sealed} rows sealed, ${unsealed} not yet, compared with ${heads} heads from outside.`);
    for (const finding of findings) say(told(finding));
    if (findings.length === 0) say("The audit log is as it was sealed.");
    return findings.length === 0 ? 0 : 1;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

try {
  Deno.exitCode = await main();
} catch (error) {
  if (!(error instanceof EnvError || error instanceof AppError)) throw error;
  complain(error.message);
  Deno.exitCode = 1;
}
