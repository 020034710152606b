/**
 * `deno task doctor [--json]`: is the running system well, and if not, what to do.
 *
 * Reads the environment of the process, or the one that the running local stack wrote.
 */
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { readSettings, ROOT } from "./settings.ts";

/** One answer of the checklist. */
interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was seen: a figure, a version, never a secret. */
  readonly seen: string;
  /** What to do if it is not well. */
  readonly todo: string;
}

interface Check {
  readonly name: string;
  readonly todo: string;
  /** Resolves to what was seen, and throws if it is not well. */
  run(): Promise<string>;
}

const REQUIRED = [
  "APP_ENV",
  "SITE_URL",
  "SUPABASE_URL",
  "SUPABASE_PUBLISHABLE_KEY",
  "SITE_DATABASE_URL",
  "FUNCTIONS_DATABASE_URL",
  "PADDLE_API_KEY",
  "PADDLE_WEBHOOK_SECRET_KEY",
  "FRESH_PUBLIC_PADDLE_ENV",
  "CRON_SECRET",
  "RESEND_API_KEY",
  "RESEND_FROM_EMAIL",
];

async function readEnvironment(): Promise<Record<string, string>> {
  const { stateDir } = readSettings(Deno.env.toObject());
  const text = await Deno.readTextFile(join(stateDir, "env")).catch(() => "");
  const stored = Object.fromEntries(
    text.split("\n").filter((line) => line.includes("=")).map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
  return { ...stored, ...Deno.env.toObject() };
}

function checklist(env: Record<string, string>, sql: Sql): Check[] {
  return [
    {
      name: "environment",
      todo: "Set the named variables; .env.example says where each comes from.",
      run() {
        const missing = REQUIRED.filter((name) => !env[name]);
        if (missing.length > 0) throw new Error(`missing: ${missing.join(", ")}`);
        return Promise.resolve(`${REQUIRED.length} variables present`);
      },
    },
    {
      name: "signature bypass off",
      todo: "Unset PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV.",
      run() {
        const value = env["PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV"] ?? "";
        if (["true", "1"].includes(value)) throw new Error("the bypass is on");
        return Promise.resolve("off");
      },
    },
    {
      name: "database",
      todo:
        "Is PostgreSQL running and reachable at SUPABASE_DB_URL? Start the stack, or see the host's status page.",
      async run() {
        const [row] = await sql<
          { version: string }[]
        >`select current_setting('server_version') as version`;
        return `PostgreSQL ${row?.version}`;
      },
    },
    {
      name: "migrations",
      todo: "Apply them: supabase db push (hosted), or start the stack again (local).",
      async run() {
        const files: string[] = [];
        for await (const entry of Deno.readDir(join(ROOT, "supabase", "migrations"))) {
          if (entry.name.endsWith(".sql")) files.push(entry.name.slice(0, 14));
        }
        const rows = await sql<{ version: string }[]>`
          select version from supabase_migrations.schema_migrations`;
        const applied = new Set(rows.map((row) => row.version));
        const pending = files.filter((version) => !applied.has(version));
        if (pending.length > 0) throw new Error(`not applied: ${pending.join(", ")}`);
        return `${applied.size} applied`;
      },
    },
    {
      name: "row level security",
      todo:
        "A table lost its protection: stop the site, find who altered it in the audit log, enable and force it again.",
      async run() {
        const open = await sql<{ name: string }[]>`
          select c.relname as name from pg_catalog.pg_class c
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and not (c.relrowsecurity and c.relforcerowsecurity)`;
        if (open.length > 0) {
          throw new Error(`not forced on: ${open.map((row) => row.name).join(", ")}`);
        }
        return "forced on every table";
      },
    },
    {
      name: "webhooks",
      todo: "Read webhook_events.error, mend the cause, re-send the event from Paddle.",
      async run() {
        const [row] = await sql<{ failed: number; waiting: number }[]>`
          select count(*) filter (where processing_result = 'error')::int as failed,
            count(*) filter (where processing_result is null and signature_valid)::int as waiting
          from public.webhook_events where received_at > now() - interval '3 days'`;
        if (row === undefined || row.failed > 0) {
          throw new Error(`${row?.failed} failed in three days`);
        }
        return `none failed, ${row.waiting} waiting`;
      },
    },
    {
      name: "scheduled jobs",
      todo:
        "Read cron_runs.error of the job. No run at all: does Vault hold functions_url and cron_secret, and is the job there and active in cron.job?",
      async run() {
        const jobs = await sql<{ job: string; late: boolean; last: string | null }[]>`
          select job, late, to_char(last_success_at, 'YYYY-MM-DD HH24:MI') as last
          from private.cron_freshness()`;
        const late = jobs.filter((one) => one.late);
        if (late.length > 0) {
          const told = late.map(({ job, last }) => `${job} (last success ${last ?? "never"})`);
          throw new Error(told.join(", "));
        }
        return `${jobs.filter(({ last }) => last !== null).length} of ${jobs.length} have run`;
      },
    },
    {
      name: "mails",
      todo:
        "Open Admin → Mails: each says why it was not sent. Overdue: is the job `mails` running, does Resend answer, is its quota used up?",
      async run() {
        const [row] = await sql<
          { waiting: number; overdue: number; failed: number; held: string | null }[]
        >`
          select waiting::int, overdue::int, failed::int,
            to_char(held_until, 'YYYY-MM-DD HH24:MI:SS') as held
          from private.mail_backlog()`;
        if (row === undefined || row.overdue > 0 || row.failed > 0) {
          throw new Error(
            `${row?.overdue} due for more than an hour, ${row?.failed} failed within a day` +
              (row?.held ? `, Resend asked to wait until ${row.held} UTC` : ""),
          );
        }
        return `none overdue or failed, ${row.waiting} due`;
      },
    },
    {
      name: "health endpoint",
      todo: "Open /api/health; each part says what is wrong with it.",
      async run() {
        const response = await fetch(`${env["SITE_URL"]}/api/health`, {
          signal: AbortSignal.timeout(10_000),
        });
        const body = await response.json() as { status: string };
        if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(body)}`);
        return body.status;
      },
    },
  ];
}

async function examine(check: Check): Promise<Finding> {
  try {
    return { check: check.name, ok: true, seen: await check.run(), todo: "" };
  } catch (error) {
    const seen = error instanceof Error ? error.message || error.name : String(error);
    return { check: check.name, ok: false, seen, todo: check.todo };
  }
}

const env = await readEnvironment();
const sql = postgres(env["SUPABASE_DB_URL"] ?? "", {
  max: 1,
  connect_timeout: 5,
  onnotice: () => {},
});
const findings: Finding[] = [];
for (const check of checklist(env, sql)) findings.push(await examine(check));
await sql.end({ timeout: 1 });

const out = Deno.args.includes("--json")
  ? JSON.stringify({ ok: findings.every((finding) => finding.ok), findings }, null, 2)
  : findings.map(({ check, ok, seen, todo }) =>
    `${ok ? "ok    " : "FAILED"} ${check.padEnd(22)} ${seen}${ok ? "" : `\n       → ${todo}`}`
  ).join("\n");
Deno.stdout.writeSync(new TextEncoder().encode(`${out}\n`));
Deno.exit(findings.every((finding) => finding.ok) ? 0 : 1);
