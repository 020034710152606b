import assert from "node:assert/strict";
import { join } from "node:path";
import {
  loadSecrets,
  readSettings,
  ROOT,
  SettingsError,
  stackEnv,
  writeEnvFile,
} from "./settings.ts";

Deno.test("readSettings() gives the contract's ports and folder when nothing is set", () => {
  const settings = readSettings({});
  assert.deepEqual(settings.ports, {
    site: 8000,
    gateway: 54321,
    postgres: 54322,
    inbox: 54324,
    paddle: 54325,
  });
  assert.equal(settings.stateDir, join(ROOT, ".local"));
  assert.equal(settings.demo, true);
});

Deno.test("readSettings() takes an empty setting for one that is not set", () => {
  const empty = { PORT_OFFSET: "", STATE_DIR: "", DEMO: "" };
  assert.deepEqual(readSettings(empty), readSettings({}));
});

Deno.test("readSettings() moves every port by PORT_OFFSET and honours STATE_DIR and DEMO", () => {
  const settings = readSettings({ PORT_OFFSET: "100", STATE_DIR: "/tmp/elsewhere", DEMO: "0" });
  assert.equal(settings.ports.site, 8100);
  assert.equal(settings.ports.paddle, 54425);
  assert.equal(settings.stateDir, "/tmp/elsewhere");
  assert.equal(settings.demo, false);
});

for (const value of ["-1", "1.5", "ten", "11211"]) {
  Deno.test(`readSettings() refuses PORT_OFFSET "${value}" in one line`, () => {
    assert.throws(() => readSettings({ PORT_OFFSET: value }), (error: unknown) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, /^PORT_OFFSET must be a whole number from 0 to \d+, got ".*"$/);
      return true;
    });
  });
}

Deno.test("loadSecrets() draws values once and keeps them to itself", async () => {
  const stateDir = await Deno.makeTempDir();
  try {
    const first = await loadSecrets(stateDir);
    assert.deepEqual(await loadSecrets(stateDir), first);
    assert.equal(new Set(Object.values(first)).size, Object.values(first).length);
    const { mode } = await Deno.stat(join(stateDir, "secrets.json"));
    assert.equal((mode ?? 0) & 0o777, 0o600);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("loadSecrets() completes a folder of an earlier version and changes nothing in it", async () => {
  const stateDir = await Deno.makeTempDir();
  try {
    const { resendWebhookSecret: _, ...earlier } = await loadSecrets(stateDir);
    await Deno.writeTextFile(join(stateDir, "secrets.json"), JSON.stringify(earlier));
    const completed = await loadSecrets(stateDir);
    assert.match(completed.resendWebhookSecret, /^whsec_/);
    assert.deepEqual({ ...completed, ...earlier }, completed);
    assert.deepEqual(await loadSecrets(stateDir), completed);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("writeEnvFile() writes NAME=value lines that only the owner reads", async () => {
  const stateDir = await Deno.makeTempDir();
  try {
    const settings = readSettings({ STATE_DIR: stateDir });
    const env = stackEnv(settings, await loadSecrets(stateDir));
    await writeEnvFile(stateDir, env);
    const file = join(stateDir, "env");
    const lines = (await Deno.readTextFile(file)).trimEnd().split("\n");
    assert.deepEqual(
      Object.fromEntries(
        lines.map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]),
      ),
      env,
    );
    assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("stackEnv() has no value that a shell would take apart", async () => {
  const stateDir = await Deno.makeTempDir();
  try {
    const env = stackEnv(readSettings({ STATE_DIR: stateDir }), await loadSecrets(stateDir));
    for (const [name, value] of Object.entries(env)) assert.match(value, /^[\w.,:/@+=-]*$/, name);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("stackEnv() has every variable of .env.example", async () => {
  const example = await Deno.readTextFile(join(ROOT, ".env.example"));
  const names = [...example.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1] ?? "");
  const optional = [
    "PADDLE_WEBHOOK_TOLERANCE_SECONDS",
    "SENTRY_ALERT_TEAM",
    "SENTRY_API_URL",
    "SENTRY_AUTH_TOKEN",
    "SENTRY_DSN",
    "SENTRY_ORG",
    "SENTRY_PROJECT",
    "SENTRY_TRACES_SAMPLE_RATE",
    "SITE_LISTEN_DATABASE_URL",
  ];
  const stateDir = await Deno.makeTempDir();
  try {
    const env = stackEnv(readSettings({ STATE_DIR: stateDir }), await loadSecrets(stateDir));
    assert.deepEqual(names.filter((name) => !(name in env) && !optional.includes(name)), []);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});
