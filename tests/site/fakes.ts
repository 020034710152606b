/** A site without a network: the database answers from tables in memory, Auth and Paddle from lists. */
import { SignJWT } from "jose";
import type { PaddleApi, PaddleTransaction } from "@core/billing/paddle_api.ts";
import type { SessionTokens } from "@core/identity/session_cookie.ts";
import { type FixedClock, fixedClock } from "@core/platform/clock.ts";
import type { Database, Transaction, Work } from "@core/platform/database.ts";
import { readSiteEnv, type SiteEnv } from "@core/platform/env.ts";
import {
  AppError,
  DatabaseUnavailable,
  PaddleRefused,
  PaddleUnavailable,
} from "@core/platform/errors.ts";
import { createLogger } from "@core/platform/logger.ts";
import type { AccountAnswer, AccountClient } from "../../site/account_client.ts";
import type { AuthClient } from "../../site/auth_client.ts";
import type { ClaimFeed } from "../../site/claim_feed.ts";
import type { EvidenceClient } from "../../site/evidence_client.ts";
import { assembleServices, type SiteServices } from "../../site/services.ts";

/** The origin that tests ask. */
export const ORIGIN = "http://localhost:8000";
const SECRET = "a secret for tests that is long enough";

/** A row of any table. */
export type Row = Readonly<Record<string, unknown>>;

/** A statement, and the values that were handed over with it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What a fake site is made of. */
export interface FakeSite {
  readonly services: SiteServices;
  readonly clock: FixedClock;
  /** Rows by table; change them at will. */
  readonly tables: Map<string, Row[]>;
  /** What was asked of Auth and Paddle, in order. */
  readonly calls: string[];
  /** What was asked of the database, in order. */
  readonly statements: Statement[];
  /** Accounts by address. */
  readonly accounts: Map<string, { readonly id: string; readonly password: string }>;
  /** Purchases that Paddle knows, by id. */
  readonly purchases: Map<string, PaddleTransaction>;
  /** Lines of the log. */
  readonly logged: string[];
  /** Whether Paddle answers. */
  paddleIsUp: boolean;
  /** Paddle's code for why it says no to whatever a member wants; null if it does not. */
  paddleRefuses: string | null;
  /** Whether the database answers. */
  databaseIsUp: boolean;
  /** PostgreSQL's refusal of the next statement that matches; forgotten once it was given. */
  refusal: { readonly at: RegExp; readonly state: string; readonly message: string } | null;
  /** What the function auth says no with; null if it says yes. */
  accountRefusal: string | null;
  /** What the documents function says about an uploaded file; null for confirmed. */
  verdict: string | null;
  /** Whether Storage answers. */
  storageIsUp: boolean;
  /** Tells whoever watches a claim that it has changed. */
  tellOfClaim(claimId: string): void;
  /** Adds an account with its profile and returns the tokens of a session. */
  person(facts: Partial<Row> & { readonly email: string }): Promise<SessionTokens>;
}

const TENANT: Row = {
  id: "ks",
  name: "Interdomestik Kosova",
  legalName: "Interdomestik KS LLC",
  countryCode: "XK",
  currency: "EUR",
  defaultLocale: "sq",
  hosts: ["ks.localhost"],
  supportEmail: "help@ks.test",
  supportPhone: "+383 38 000 000",
  timeZone: "Europe/Belgrade",
};

const MK: Row = {
  ...TENANT,
  id: "mk",
  name: "Interdomestik Makedonija",
  legalName: "Interdomestik MK DOOEL",
  defaultLocale: "mk",
  hosts: ["mk.localhost"],
};

/** Id of the plan that the fake tenant sells. */
export const PLAN_ID = "5f0d7a46-0f6c-4d63-9f6f-0a2f3f1e7c11";

const PLAN: Row = {
  id: PLAN_ID,
  tenantId: "ks",
  tier: "standard",
  name: "Asistenca",
  priceCents: 2000,
  currency: "EUR",
  isSelfServe: true,
  features: ["plan.feature.claims", "no.such.key"],
  paddlePriceId: "pri_01",
};

const SUBSCRIPTION_AT_PADDLE = {
  id: "sub_01abc",
  status: "active",
  nextBilledAt: null,
  scheduledAction: null,
  scheduledAt: null,
};

/**
 * Makes a fake site.
 *
 * @param env Variables that differ from the local ones.
 */
export function fakeSite(env: Readonly<Record<string, string>> = {}): FakeSite {
  const clock = fixedClock("2026-11-23T10:00:00Z");
  const tables = new Map<string, Row[]>([
    ["tenants", [TENANT, MK]],
    ["membership_plans", [PLAN]],
    ["profiles", []],
    ["subscriptions", []],
    ["branches", []],
    ["billing_invoices", []],
    ["billing_checkouts", []],
    ["webhook_events", []],
    ["audit_log", []],
    ["replay_webhook_events", []],
    ["membership_access", []],
    ["claims", []],
    ["claim_messages", []],
    ["claim_stage_history", []],
    ["claim_documents", []],
    ["share_packs", []],
    ["notifications", []],
    ["notification_preferences", []],
    ["engagement_email_sends", []],
    ["mail_events", []],
    ["nps_survey_responses", []],
    ["nps_token_state", []],
    ["answer_nps", []],
    ["unsubscribe_state", []],
    ["unsubscribe", []],
    ["resubscribe", []],
    ["retry_mail", []],
    ["take_rate_limit", [{ allowed: true, remaining: 1, retryAfterSeconds: 0 }]],
  ]);
  const site = {
    clock,
    tables,
    calls: [] as string[],
    statements: [] as Statement[],
    logged: [] as string[],
    accounts: new Map<string, { id: string; password: string }>(),
    purchases: new Map<string, PaddleTransaction>(),
    paddleIsUp: true,
    paddleRefuses: null as string | null,
    databaseIsUp: true,
    refusal: null as FakeSite["refusal"],
    accountRefusal: null as string | null,
    verdict: null as string | null,
    storageIsUp: true,
  };

  const tokensFor = async (id: string, email: string): Promise<SessionTokens> => {
    const now = Math.floor(clock.now() / 1000);
    const claims = { role: "authenticated", email, "session_id": crypto.randomUUID() };
    const accessToken = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256" }).setSubject(id).setAudience("authenticated")
      .setIssuedAt(now).setExpirationTime(now + 3600).sign(new TextEncoder().encode(SECRET));
    return { accessToken, refreshToken: `refresh-${id}` };
  };

  const auth: AuthClient = {
    async signUp(registration) {
      site.calls.push(`signUp ${registration.email} ${registration.tenant} ${registration.locale}`);
      if (site.accounts.has(registration.email)) return { outcome: "taken" };
      const tokens = await person({
        email: registration.email,
        fullName: registration.fullName,
        password: registration.password,
      });
      return { outcome: "signed_in", tokens };
    },
    async signIn(email, password) {
      site.calls.push(`signIn ${email}`);
      const account = site.accounts.get(email);
      if (account?.password !== password) return { outcome: "refused" };
      return { outcome: "signed_in", tokens: await tokensFor(account.id, email) };
    },
    async refresh(refreshToken) {
      site.calls.push(`refresh ${refreshToken}`);
      const known = [...site.accounts].find(([, { id }]) => refreshToken === `refresh-${id}`);
      if (!known) return { outcome: "ended" };
      return { outcome: "refreshed", tokens: await tokensFor(known[1].id, known[0]) };
    },
    confirm(token) {
      site.calls.push(`confirm signup ${token}`);
      return Promise.resolve(token === "good" ? "confirmed" : "token_invalid");
    },
    signOut() {
      site.calls.push("signOut");
      return Promise.resolve();
    },
  };

  const said = <T>(call: string, value: T): Promise<AccountAnswer<T>> => {
    site.calls.push(call);
    return Promise.resolve(
      site.accountRefusal === null ? { ok: true, value } : { ok: false, code: site.accountRefusal },
    );
  };
  const accounts: AccountClient = {
    requestReset: (email, locale) => said(`requestReset ${email} ${locale}`, {}),
    resetPassword: (token) => said(`resetPassword ${token}`, {}),
    claimAccount: (token) =>
      said(`claimAccount ${token}`, { email: [...site.accounts][0]?.[0] ?? "" }),
    async changePassword() {
      const [email, account] = [...site.accounts][0] ?? ["", { id: "", password: "" }];
      return await said(`changePassword ${email}`, await tokensFor(account.id, email));
    },
    changeEmail: (_token, _present, email) => said(`changeEmail ${email}`, {}),
    confirmEmail: (token) =>
      token === "good"
        ? said("confirm email good", {})
        : Promise.resolve({ ok: false, code: "token_invalid" }),
    invite: (_token, invitee) =>
      said(`invite ${JSON.stringify(invitee)}`, { id: crypto.randomUUID(), mail: "sent" }),
    renewInvitation: (_token, id) => said(`renewInvitation ${id}`, { id, mail: "sent" }),
  };

  const paddle: PaddleApi = {
    createCheckout(order) {
      site.calls.push(`createCheckout ${JSON.stringify(order)}`);
      if (!site.paddleIsUp) return Promise.reject(new Deno.errors.ConnectionRefused("paddle"));
      return Promise.resolve({
        transactionId: "txn_1",
        url: "http://localhost:54325/checkout?_ptxn=txn_1",
      });
    },
    readTransaction(id) {
      if (!site.paddleIsUp) return Promise.reject(new Error("paddle is down"));
      return Promise.resolve(site.purchases.get(id) ?? null);
    },
    findOrCreateCustomer: () => Promise.resolve("ctm_1"),
    cancelAtPeriodEnd: (id) => ask(`cancelAtPeriodEnd ${id}`, SUBSCRIPTION_AT_PADDLE),
    cancelNow: (id) => ask(`cancelNow ${id}`, SUBSCRIPTION_AT_PADDLE),
    withdrawScheduledChange: (id) => ask(`withdraw ${id}`, SUBSCRIPTION_AT_PADDLE),
    paymentMethodCheckout: (id) =>
      ask(`payment ${id}`, "http://localhost:54325/checkout?_ptxn=txn_card"),
    invoiceLink: (id) => ask(`invoice ${id}`, `http://localhost:54325/invoices/${id}.pdf`),
    changeCustomerAddress: () => Promise.resolve(),
    ping: () => Promise.resolve(),
  };

  const stored = (call: string): Promise<void> => {
    site.calls.push(call);
    return site.storageIsUp ? Promise.resolve() : Promise.reject(
      new AppError({ code: "storage_unavailable", status: 503, message: "Storage is away." }),
    );
  };
  const evidence: EvidenceClient = {
    async signUpload(_token, { path, type }) {
      await stored(`signUpload ${path} ${type}`);
      return `http://127.0.0.1:9/storage/v1/object/upload/sign/claim-evidence/${path}?token=t`;
    },
    upload: (_token, { path, type }, file) => stored(`upload ${path} ${type} ${file.size}`),
    async confirm(_token, id) {
      await stored(`confirm ${id}`);
      return site.verdict;
    },
    async sendProof(_token, leadId, file) {
      await stored(`sendProof ${leadId} ${file.name} ${file.size}`);
      return site.verdict === null
        ? { id: "77777777-7777-4777-8777-777777777777", name: file.name }
        : { code: site.verdict, status: 422 };
    },
  };

  const watchers = new Map<string, Set<() => void>>();
  const claimFeed: ClaimFeed = {
    watch(claimId, onChange) {
      watchers.set(claimId, (watchers.get(claimId) ?? new Set()).add(onChange));
      return () => watchers.get(claimId)?.delete(onChange);
    },
    end: () => Promise.resolve(),
  };
  const tellOfClaim = (claimId: string) => {
    for (const onChange of watchers.get(claimId) ?? []) onChange();
  };

  function ask<T>(call: string, answer: T): Promise<T> {
    site.calls.push(call);
    if (site.paddleRefuses !== null) {
      return Promise.reject(new PaddleRefused(site.paddleRefuses));
    }
    return site.paddleIsUp ? Promise.resolve(answer) : Promise.reject(new PaddleUnavailable());
  }

  async function person(
    facts: Partial<Row> & { readonly email: string },
  ): Promise<SessionTokens> {
    const id = crypto.randomUUID();
    site.accounts.set(facts.email, { id, password: String(facts["password"] ?? "right-password") });
    tables.get("profiles")?.push({
      id,
      tenantId: "ks",
      role: "member",
      branchId: null,
      fullName: "Arta Berisha",
      locale: "sq",
      memberNumber: "MEM-2026-000001",
      referralCode: null,
      createdAt: new Date(clock.now()),
      ...facts,
    });
    return await tokensFor(id, facts.email);
  }

  const settings: SiteEnv = readSiteEnv({
    APP_ENV: "test",
    SITE_URL: ORIGIN,
    SUPABASE_URL: "http://127.0.0.1:9",
    SUPABASE_PUBLISHABLE_KEY: "sb_publishable_test",
    SUPABASE_JWT_SECRET: SECRET,
    SITE_DATABASE_URL: "postgresql://app_site@127.0.0.1:9/postgres",
    PADDLE_API_KEY: "key",
    PADDLE_API_URL: "http://127.0.0.1:54325",
    FRESH_PUBLIC_PADDLE_ENV: "local",
    ...env,
  });
  const services = assembleServices({
    env: settings,
    db: fakeDatabase(site),
    auth,
    accounts,
    tokenKey: { jwtSecret: SECRET },
    paddle,
    evidence,
    claimFeed,
    clock,
    log: createLogger({}, { write: (line) => site.logged.push(line) }),
  });
  return Object.assign(site, { services, person, tellOfClaim });
}

/** By which column's value the rows of a table are filtered; the others are not. */
const FILTERED_BY: Readonly<Record<string, string>> = {
  "profiles": "id",
  "membership_plans": "tenantId",
};

/** What the fake database looks at. */
type FakeTables = Pick<FakeSite, "calls" | "statements" | "databaseIsUp"> & {
  readonly tables: ReadonlyMap<string, readonly Row[]>;
  refusal: FakeSite["refusal"];
};

/** Answers a statement with rows of the table that it is about; writes are told in `calls`. */
function fakeDatabase(site: FakeTables): Database {
  const query = (template: TemplateStringsArray | object, ...values: unknown[]) => {
    // `tx(values)` makes a piece of a statement.
    if (!Array.isArray(template)) return template;
    const text = (template as unknown as TemplateStringsArray).join("?");
    site.statements.push({ text, values });
    const refusal = site.refusal;
    if (refusal?.at.test(text)) {
      site.refusal = null;
      const { state: code, message } = refusal;
      return Promise.reject(Object.assign(new Error(message), { name: "PostgresError", code }));
    }
    const table = tableOf(text);
    if (/^\s*(insert|update|select public\.)/.test(text) && CLAIM_TABLES.test(table)) {
      site.calls.push(`${text.trim().split(/\s+/, 1)[0]} ${table}`);
    }
    const rows = site.tables.get(table) ?? [];
    const column = FILTERED_BY[table];
    const asked = (row: Row) => column === undefined || values.includes(row[column]);
    return Promise.resolve(rows.filter(asked));
  };
  const run = <T>(work: Work<T>): Promise<T> =>
    site.databaseIsUp
      ? work(query as unknown as Transaction)
      : Promise.reject(new DatabaseUnavailable(new Deno.errors.ConnectionRefused("database")));
  return {
    asUser: (_claimant, work) => run(work),
    asAnon: (work) => run(work),
    asService: (_role, work) => run(work),
    end: () => Promise.resolve(),
  };
}

/** Tables and functions of which tests want to hear what was written. */
const CLAIM_TABLES = /claim|document|share|notification/;

/** The table or function that a statement is about: the first that is named outside of brackets. */
function tableOf(text: string): string {
  const name = /(?:public|private)\.(\w+)/;
  let outer = text;
  for (let before = ""; before !== outer;) {
    before = outer;
    outer = outer.replace(/\([^()]*\)/g, "");
  }
  return (name.exec(outer) ?? name.exec(text))?.[1] ?? "";
}
