/** Everything outside of the site that its pages talk to; tests hand in their own. */
import { connectPaddle, type PaddleApi } from "@core/billing/paddle_api.ts";
import { type AccessTokenKey, accessTokenKey } from "@core/identity/session.ts";
import { type Clock, systemClock } from "@core/platform/clock.ts";
import { connectDatabase, type Database } from "@core/platform/database.ts";
import type { SiteEnv } from "@core/platform/env.ts";
import { createFlags, type Flags } from "@core/platform/flags.ts";
import { createLogger, type Logger } from "@core/platform/logger.ts";
import { createRequestLog, noRequestLog, type RequestLog } from "@core/platform/request_log.ts";
import { addRequestMinutes } from "@core/platform/request_store.ts";
import { startTelemetry, type Telemetry, tellErrors } from "@core/platform/telemetry.ts";
import { type AccountClient, connectAccounts } from "./account_client.ts";
import { type AuthClient, connectAuth } from "./auth_client.ts";
import { type ClaimFeed, connectClaimFeed } from "./claim_feed.ts";
import { connectEvidence, type EvidenceClient } from "./evidence_client.ts";
import { OpenCheckouts } from "./open_checkouts.ts";
import { SessionKeeper } from "./session_keeper.ts";
import { TenantDirectory } from "./tenant_directory.ts";

/** What the site is connected to. */
export interface SiteServices {
  readonly env: SiteEnv;
  readonly db: Database;
  readonly auth: AuthClient;
  readonly accounts: AccountClient;
  readonly tokenKey: AccessTokenKey;
  readonly paddle: PaddleApi;
  readonly evidence: EvidenceClient;
  readonly claimFeed: ClaimFeed;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told how requests went; nobody is where none is given. */
  readonly telemetry?: Telemetry;
  /** Counts requests. */
  readonly requests: RequestLog;
  /** The switches for bad days. */
  readonly flags: Flags;
  readonly sessions: SessionKeeper;
  readonly tenants: TenantDirectory;
  readonly openCheckouts: OpenCheckouts;
}

/** The connections that have state of their own; the rest is made from them. */
export type SiteConnections =
  & Pick<
    SiteServices,
    | "env"
    | "db"
    | "auth"
    | "accounts"
    | "tokenKey"
    | "paddle"
    | "evidence"
    | "claimFeed"
    | "clock"
    | "log"
    | "telemetry"
  >
  & Partial<Pick<SiteServices, "requests">>;

/**
 * Connects the site to what its environment names. Nothing is contacted before it is needed.
 *
 * @param env The checked environment.
 */
export function connectServices(env: SiteEnv): SiteServices {
  const ownLog = createLogger({ part: "site" });
  const telemetry = startTelemetry(env, { part: "site", log: ownLog });
  const log = tellErrors(ownLog, telemetry);
  const db = connectDatabase(env.databaseUrl, { applicationName: "interdomestik site" });
  return assembleServices({
    env,
    db,
    auth: connectAuth(env),
    accounts: connectAccounts(env),
    tokenKey: accessTokenKey(env),
    paddle: connectPaddle(env.paddle),
    evidence: connectEvidence(env),
    claimFeed: connectClaimFeed(env.listenUrl, log),
    clock: systemClock,
    log,
    telemetry,
    requests: createRequestLog({
      part: "site",
      clock: systemClock,
      log,
      write: (minutes) => db.asAnon((tx) => addRequestMinutes(tx, minutes)),
    }),
  });
}

/**
 * Adds what keeps its own memory on top of the connections.
 *
 * @param connections Real ones, or a test's.
 */
export function assembleServices(connections: SiteConnections): SiteServices {
  const { db, clock, log } = connections;
  return {
    requests: noRequestLog,
    ...connections,
    flags: createFlags(db, clock, log),
    sessions: new SessionKeeper(connections),
    tenants: new TenantDirectory(connections),
    openCheckouts: new OpenCheckouts(connections.clock),
  };
}
