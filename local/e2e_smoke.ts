/**
 * `deno task e2e:smoke [URL]`: whether a running deployment works, as a stranger sees it: pages in four
 * languages, what needs a session, the health endpoint, refusals, the headers of every answer. Changes
 * nothing. Without a URL it is that of the environment or of the local stack. Exit status 1, with
 * reasons, if anything is wrong.
 */
import { smoke } from "./gate/smoke.ts";
import { readTaskEnv } from "./task_env.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

async function main(): Promise<number> {
  const address = Deno.args[0] ?? (await readTaskEnv())["SITE_URL"];
  if (address === undefined || !/^https?:$/.test(URL.parse(address)?.protocol ?? "")) {
    say("Say which deployment: deno task e2e:smoke https://<site>");
    return 2;
  }
  const { looked, findings } = await smoke(address);
  for (const { where, what } of findings) say(`FAILED ${where}: ${what}`);
  say(
    `${looked} looks at ${address}: ${
      findings.length === 0 ? "it works." : `${findings.length} findings.`
    }`,
  );
  return findings.length === 0 ? 0 : 1;
}

Deno.exitCode = await main();
