/**
 * The whole local stack: what the network and the vendors would bring, started as one.
 */
import { join } from "node:path";
import type { Sql } from "postgres";
import { callHook } from "./auth_hook.ts";
import { readSupabaseConfig } from "./config_toml.ts";
import {
  bootstrap,
  migrate,
  ownerConnection,
  seed,
  seedBuckets,
  seedSchedule,
  unwatchJobs,
} from "./database.ts";
import { plantDemo } from "./demo.ts";
import { type Functions, mountFunctions } from "./functions.ts";
import { startGateway } from "./gateway.ts";
import { type RunningInbox, startInbox } from "./inbox/server.ts";
import { type RunningPaddle, startPaddle } from "./paddle/server.ts";
import { startPgNet } from "./pg_net.ts";
import { requireFreePorts } from "./ports.ts";
import { endLeftoverServer, type Postgres, startPostgres } from "./postgres.ts";
import {
  loadSecrets,
  type Secrets,
  type Settings,
  type StackEnv,
  stackEnv,
  writeEnvFile,
} from "./settings.ts";
import { buildSite, endLeftover, startSite } from "./site.ts";
import { openSupabase } from "./supabase_lite.ts";

/** Options of {@linkcode startStack}. */
export interface StackOptions {
  readonly settings: Settings;
  /** Told what happens, one line at a time. */
  readonly say: (line: string) => void;
  /** Told of failures inside the running stack. */
  readonly report: (error: unknown) => void;
  /** How the site runs: its production build, from source with reload, or not at all. */
  readonly site: "production" | "dev" | "none";
}

/** A running stack. */
export interface Stack {
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** Everything that `$STATE_DIR/env` says. */
  readonly env: StackEnv;
  readonly postgres: Postgres;
  readonly inbox: RunningInbox;
  readonly paddle: RunningPaddle;
  /** A connection as the database's owner, for tests and demo data. */
  readonly sql: Sql;
  /** Stops every part, the database last. */
  stop(): Promise<void>;
}

/**
 * Starts a stack, or takes up the one that its state folder holds.
 *
 * @param options Which stack, and how the site runs.
 * @returns The running stack.
 * @throws {SettingsError} If a port is in use.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { settings, say, report } = options;
  const { ports, stateDir } = settings;
  const stops: (() => Promise<void>)[] = [];
  async function stop(): Promise<void> {
    for (const undo of stops.splice(0).reverse()) await undo().catch(report);
  }

  try {
    const secrets = await loadSecrets(stateDir);
    const env = stackEnv(settings, secrets);
    const building = options.site === "production" ? buildSite(stateDir) : Promise.resolve();
    // Its failure is met where it is awaited.
    building.catch(() => {});

    await endLeftover(stateDir);
    await endLeftoverServer(stateDir);
    requireFreePorts(ports);
    const postgres = await startPostgres({ stateDir, port: ports.postgres, say });
    stops.push(() => postgres.stop());
    const sql = ownerConnection(postgres.url);
    stops.push(() => sql.end({ timeout: 5 }));

    const inbox = await startInbox({
      port: ports.inbox,
      apiKey: secrets.resendApiKey,
      storePath: join(stateDir, "inbox.jsonl"),
      webhook: {
        url: `http://127.0.0.1:${ports.gateway}/functions/v1/resend-webhook`,
        secret: secrets.resendWebhookSecret,
      },
    });
    stops.push(() => inbox.stop());

    const config = await readSupabaseConfig();
    const supabase = openSupabase({
      databaseUrl: postgres.url,
      secrets,
      siteUrl: env["SITE_URL"] ?? "",
      config,
      filesDir: join(stateDir, "storage"),
      sendMail: (mail) =>
        callHook(mail, {
          sql,
          url: `http://127.0.0.1:${ports.gateway}/functions/v1/auth/send-email`,
          secret: secrets.sendEmailHookSecret,
          siteUrl: env["SITE_URL"] ?? "",
          redirectUrls: config.auth.additional_redirect_urls,
        }),
    });
    stops.push(() => supabase.close());

    say("Preparing the database …");
    await bootstrap(sql);
    await supabase.ensureSchemas();
    await migrate(postgres.url);
    await seed(sql, secrets);
    // Tests call the jobs when it suits them; nothing there comes at a minute of its own.
    if (settings.appEnv === "local") {
      await seedSchedule(sql, secrets, `${env["SUPABASE_URL"]}/functions/v1`);
    } else {
      await unwatchJobs(sql);
    }
    await seedBuckets(sql, config.storage.buckets);
    await supabase.init();

    const paddle = await startPaddle({
      port: ports.paddle,
      apiKey: secrets.paddleApiKey,
      clientToken: secrets.paddleClientToken,
      webhookUrl: `http://127.0.0.1:${ports.gateway}/functions/v1/paddle-webhook`,
      webhookSecret: secrets.paddleWebhookSecret,
      siteUrl: env["SITE_URL"] ?? "",
      statePath: join(stateDir, "paddle.json"),
      catalogue: await readCatalogue(sql),
    });
    stops.push(() => paddle.stop());

    const functions: Functions = await mountFunctions(config, env);
    stops.push(() => functions.close());
    const gateway = startGateway({
      port: ports.gateway,
      supabase,
      functions,
      keys: [secrets.publishableKey, secrets.secretKey],
      report,
    });
    stops.push(() => gateway.stop());
    const pgNet = await startPgNet(sql, report);
    stops.push(() => pgNet.stop());
    await writeEnvFile(stateDir, env);

    if (settings.demo) await plantDemo({ sql, env, say });
    if (options.site !== "none") {
      await building;
      say("Starting the site …");
      const site = await startSite({
        port: ports.site,
        env,
        stateDir,
        dev: options.site === "dev",
      });
      stops.push(() => site.stop());
    }
    return { settings, secrets, env, postgres, inbox, paddle, sql, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What Paddle's catalogue has to sell: the plans of all tenants. */
async function readCatalogue(sql: Sql) {
  return await sql<
    {
      tenant: string;
      tier: string;
      name: string;
      productId: string;
      priceId: string;
      amountCents: number;
      currency: string;
      interval: "year";
    }[]
  >`
    select tenant_id as tenant, tier, name, paddle_product_id as "productId",
      paddle_price_id as "priceId", price_cents as "amountCents", currency, interval
    from public.membership_plans where paddle_price_id is not null
    order by tenant_id, sort`;
}
