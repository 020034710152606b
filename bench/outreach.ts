/**
 * `deno task bench`: how long the jobs take for 1,000 due mails among 100,000 memberships, as a
 * ratio to the same mails among 10,000. Near 1: the work grows with what is due, not with who is
 * there.
 */
import { addSettledMembers, compareSweeps } from "../tests/outreach/many_members.ts";
import { withOutreach } from "../tests/outreach/outreach.ts";

const ROUNDS = 5;

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

await withOutreach(Date.now(), async (many) => {
  await addSettledMembers(many.sql, 100_000);
  await withOutreach(Date.now(), async (few) => {
    await addSettledMembers(few.sql, 10_000);
    // In the first round connections are opened and statements prepared.
    const [, ...ratios] = await compareSweeps(many, few, ROUNDS + 1);
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
    say("| 1,000 due mails among | of the time among 10,000 memberships |");
    say("| --- | --- |");
    say(
      `| 100,000 memberships | ${median(ratios).toFixed(2)} (${least.toFixed(2)} to ` +
        `${most.toFixed(2)}) |`,
    );
  });
});
