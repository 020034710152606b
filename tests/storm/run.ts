/**
 * `deno task storm`: the whole storm, some minutes of work for the machine; `--seed=N` for another
 * one, `--events=N --members=N` for another size.
 */
import { runStorm } from "./storm.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const given = (name: string, otherwise: number) => {
  const text = Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1];
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`--${name} is not a count`);
  return value;
};

const seed = given("seed", Math.floor(Date.now() / 1000));
const [events, members] = [given("events", 5_000), given("members", 500)];
say(`Storm of ${events} events of ${members} members; again with --seed=${seed}`);
const report = await runStorm({
  members,
  events,
  mostDeliveries: 4,
  connections: 32,
  forged: 0.05,
  kills: 10,
  crashes: 3,
  seed,
  deadlineMilliseconds: 15 * 60_000,
});
const { sender } = report;
const list = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(", ");
say(`deliveries   ${report.deliveries}, ${report.forged} of them forged`);
say(`faults       ${report.kills} processes killed, ${report.crashes} crashes of PostgreSQL`);
say(`answers      ${list(sender.answers)}`);
say(`results      ${list(sender.results)}`);
say(`took         ${(sender.milliseconds / 1000).toFixed(1)} s`);
say(`compared     ${list(report.compared)}`);
const problems = [...sender.lost, ...report.differences, ...report.brokenRules];
for (const line of report.lastWords) say(`LOG          ${line}`);
for (const problem of problems.slice(0, 50)) say(`PROBLEM      ${problem}`);
say(problems.length === 0 ? "Nothing lost, nothing twice." : `${problems.length} problems`);
Deno.exit(problems.length === 0 ? 0 : 1);
