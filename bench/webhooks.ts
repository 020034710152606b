/**
 * `deno task bench`: how many of Paddle's events the function accepts a second, end to end (HTTP,
 * signature, one transaction), against pgbench saying the very same SQL over as many connections,
 * one statement a round trip and prepared. The ratio is what can be compared between machines.
 */
import { join } from "node:path";
import { freePorts } from "../local/ports.ts";
import { must } from "../local/system.ts";
import { type FunctionProcess, serveWebhooks } from "../tests/storm/function_process.ts";
import { HttpConnection, type PreparedRequest, preparePost } from "./http_connection.ts";
import {
  bodyOf,
  subscriptionEntity,
  transactionEntity,
  type WireEvent,
} from "../tests/storm/paddle_wire.ts";
import { priceId } from "../tests/storm/member_life.ts";
import { sign } from "../tests/storm/sender.ts";
import { type StormDatabase, withStormDatabase } from "../tests/storm/storm_database.ts";
import { pgbenchScript, readLog, type Varying } from "./recorded_sql.ts";

const ROUNDS = 5;
const EVENTS_A_ROUND = 2_000;
/** Until the function's code is compiled and the database knows its tables. */
const WARM_UP_ROUNDS = 3;
const PGBENCH_SECONDS = 3;
const SENDERS = 32;
const PROCESSES = 2;
/** Connections that a process of the function opens (`serveFunction`). */
const CONNECTIONS = PROCESSES * 5;
const MEMBERS = 200;
const FIRST_MEMBER = "100000000000";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

/** Kinds of events, each made for the digits of an event and of a member. */
const KINDS: Readonly<Record<string, (event: string, member: string) => WireEvent>> = {
  "a new membership (`subscription.created`)": (event, member) => ({
    ...envelope(event, "subscription.created"),
    data: subscriptionEntity(subscriptionOf(event, member), AT),
  }),
  "a payment with commission (`transaction.completed`)": (event, member) => ({
    ...envelope(event, "transaction.completed"),
    data: transactionEntity(paymentOf(event, member), AT),
  }),
  "an event without effect (`transaction.updated`)": (event, member) => ({
    ...envelope(event, "transaction.updated"),
    data: transactionEntity({ ...paymentOf(event, member), status: "paid" }, AT),
  }),
};

const AT = "2026-03-01T12:00:00.000007Z";
const PERIOD = { startsAt: AT, endsAt: "2027-03-01T12:00:00.000007Z" };

function envelope(event: string, type: string) {
  return { eventId: `evt_01bench000000000${event}`, type, occurredAt: AT };
}

function buyer(member: string) {
  return {
    customerId: `ctm_01bench000000000${member}`,
    customData: { "user_id": memberId(member), "tenant_id": "ks" },
  };
}

const memberId = (member: string) => `cccccccc-0000-4000-8000-${member}`;

function subscriptionOf(event: string, member: string) {
  return {
    ...buyer(member),
    id: `sub_01bench000000000${event}`,
    priceId: priceId("ks", "standard"),
    status: "active",
    startedAt: AT,
    period: PERIOD,
    scheduledAction: null,
    pausedAt: null,
    canceledAt: null,
  } as const;
}

function paymentOf(event: string, member: string) {
  return {
    ...buyer(member),
    id: `txn_01bench000000000${event}`,
    status: "completed",
    origin: "api",
    subscriptionId: `sub_01bench000000000${event}`,
    priceId: priceId("ks", "standard"),
    period: PERIOD,
    subtotal: 1695,
    discount: 0,
    tax: 305,
    billedAt: AT,
    invoiceNumber: "1001-10566",
  } as const;
}

/** Members with an agent, who are Paddle's customers already. */
async function makeMembers({ sql }: StormDatabase): Promise<string[]> {
  const digits = Array.from({ length: MEMBERS }, (_, i) => String(Number(FIRST_MEMBER) + i));
  const agent = crypto.randomUUID();
  for (const id of [agent, ...digits.map(memberId)]) {
    await sql`
      insert into auth.users (id, email, raw_user_meta_data)
      values (${id}, ${`${id}@bench.test`}, '{"tenant": "ks", "full_name": "Bench Member"}')`;
  }
  await sql`update public.profiles set role = 'agent' where id = ${agent}`;
  await sql`update public.profiles set agent_id = ${agent} where role = 'member'`;
  return digits;
}

/** A process of the function. */
interface Target {
  readonly url: string;
  readonly secret: string;
}

/** An event as it is posted. */
function prepared(event: WireEvent, { url, secret }: Target): PreparedRequest {
  const body = bodyOf(event);
  const headers = { "content-type": "application/json", "paddle-signature": sign(body, secret) };
  return preparePost(url, headers, body);
}

/** Delivers an event that nobody has delivered before. */
async function deliver(connection: HttpConnection, request: PreparedRequest): Promise<void> {
  const { status, body } = await connection.send(request);
  if (status !== 200 || body.includes("duplicate")) throw new Error(`${status}: ${body}`);
}

async function deliverOne(event: WireEvent, target: Target): Promise<void> {
  const connection = await HttpConnection.open(target.url);
  await deliver(connection, prepared(event, target));
  connection.close();
}

/** Sends events of one kind and gives back how many a second were accepted. */
async function measureFunction(
  make: (event: string, member: string) => WireEvent,
  members: readonly string[],
  targets: readonly Target[],
): Promise<number> {
  const queues = targets.map((target, which) =>
    Array.from({ length: EVENTS_A_ROUND / targets.length }, (_, index) => {
      const event = String(100_000_000_000 + Math.floor(Math.random() * 899_999_999_999));
      const member = members[(index * targets.length + which) % members.length] ?? "";
      return prepared(make(event, member), target);
    })
  );
  const began = performance.now();
  await Promise.all(Array.from({ length: SENDERS }, async (_, sender) => {
    const queue = queues[sender % queues.length] ?? [];
    const connection = await HttpConnection.open(targets[sender % targets.length]?.url ?? "");
    for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
      await deliver(connection, one);
    }
    connection.close();
  }));
  return EVENTS_A_ROUND / (performance.now() - began) * 1_000;
}

/** Has the function apply one event while the server logs what it says. */
async function record(
  make: (event: string, member: string) => WireEvent,
  { sql, postgres }: StormDatabase,
  target: Target,
  varying: Varying,
): Promise<string> {
  // The connection is open, its statements are prepared, and the customer is known.
  await deliverOne(make(varying.event.replace("1", "2"), varying.member), target);
  await sql.unsafe("alter system set log_statement = 'all'");
  await reload(sql);
  const file = join(postgres.dataDir, "server.log");
  const before = (await Deno.stat(file)).size;
  await deliverOne(make(varying.event, varying.member), target);
  const log = (await Deno.readFile(file)).subarray(before);
  await sql.unsafe("alter system reset log_statement");
  await reload(sql);
  const statements = readLog(new TextDecoder().decode(log), "app_functions");
  return await pgbenchScript(sql, statements, varying, MEMBERS);
}

/** Every server process takes a moment to read its settings again. */
async function reload(sql: StormDatabase["sql"]): Promise<void> {
  await sql`select pg_reload_conf()`;
  await new Promise((done) => setTimeout(done, 500));
}

async function measurePgbench(script: string, { postgres, env }: StormDatabase): Promise<number> {
  const { port, username, password } = new URL(env["FUNCTIONS_DATABASE_URL"] ?? "");
  const file = await Deno.makeTempFile({ suffix: ".sql" });
  try {
    await Deno.writeTextFile(file, script);
    const output = await must([
      join(postgres.bin, "pgbench"),
      "--no-vacuum",
      "--protocol=prepared",
      `--client=${CONNECTIONS}`,
      "--jobs=2",
      `--time=${PGBENCH_SECONDS}`,
      `--file=${file}`,
      "--host=127.0.0.1",
      `--port=${port}`,
      `--username=${username}`,
      "postgres",
    ], { env: { PGPASSWORD: decodeURIComponent(password) } });
    const rate = output.match(/tps = ([\d.]+)/)?.[1];
    if (rate === undefined || !/failed transactions: 0 /.test(output)) throw new Error(output);
    return Number(rate);
  } finally {
    await Deno.remove(file);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

await withStormDatabase(async (database) => {
  const members = await makeMembers(database);
  const processes: FunctionProcess[] = [];
  const { gateway, site } = freePorts();
  for (const port of [gateway, site]) processes.push(await serveWebhooks(port, database));
  const secret = database.env["PADDLE_WEBHOOK_SECRET_KEY"] ?? "";
  const targets = processes.map(({ url }): Target => ({ url, secret }));
  const [first] = targets;
  if (first === undefined) throw new Error("no process is served");
  say("| accepted end to end | of pgbench with the same SQL | statements | events/s here |");
  say("| --- | --- | --- | --- |");
  for (const [index, [name, make]] of Object.entries(KINDS).entries()) {
    // Nothing of one kind is about what another kind is about.
    const varying = { event: `12345678901${index}`, member: FIRST_MEMBER };
    const script = await record(make, database, first, varying);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      await measureFunction(make, members, targets);
      // As autovacuum does in time: what was planned while the tables were empty is planned anew.
      await database.sql`analyze`;
    }
    const rounds: { function: number; pgbench: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({
        function: await measureFunction(make, members, targets),
        pgbench: await measurePgbench(script, database),
      });
    }
    const ratios = rounds.map((round) => round.function / round.pgbench);
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
    const statements = script.match(/;$|\\gset/gm)?.length;
    say(
      `| ${name} | ${median(ratios).toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)}) | ` +
        `${statements} | ${Math.round(median(rounds.map((round) => round.function)))} |`,
    );
  }
});
