/**
 * What the runner tells tests about the stack they run against.
 */

/**
 * A value of the running stack's environment.
 *
 * @param name Variable name, as in `.env.example`.
 * @returns Its value.
 * @throws {Error} If no stack was started: run the test by `deno task test`, or export what a
 * running stack's `env` file holds.
 */
export function stackValue(name: string): string {
  const value = Deno.env.get(name);
  if (value === undefined || value === "") {
    throw new Error(`${name} is not set; run \`deno task test\`, or export the stack's env file`);
  }
  return value;
}
