/**
 * What tests of the function `documents` share: people with real tokens, their claims, and files that
 * go the way of a browser's, into the running Storage.
 */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { SignJWT } from "jose";
import type postgres from "postgres";
import { systemClock } from "@core/platform/clock.ts";
import type { Claimant } from "@core/platform/database.ts";
import { type FunctionsEnv, readFunctionsEnv } from "@core/platform/env.ts";
import { type Logger, silentLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/documents/app.ts";
import { bytes, SAMPLES } from "../support/sample_files.ts";
import { testWithDatabase, type World } from "./support.ts";

/** A role in `profiles`. */
export type Role = "member" | "agent" | "staff" | "branch_manager" | "tenant_admin" | "super_admin";

/** Somebody who is signed in. */
export interface SignedIn extends Claimant {
  readonly tenantId: string;
  readonly sessionId: string;
  readonly token: string;
}

/** Facts of somebody who is made for a test. */
export interface PersonFacts {
  readonly role?: Role;
  readonly tenantId?: string;
  readonly branchId?: string | null;
  readonly agentId?: string | null;
}

/** A file that is announced. */
export interface FileFacts {
  readonly name?: string;
  readonly type?: string;
  /** What is announced; the content's length if left out. */
  readonly size?: number;
  readonly content?: Uint8Array;
}

/** A document that was announced. */
export interface Announced {
  readonly id: string;
  readonly path: string;
  readonly type: string;
}

/** The documents function and its surroundings, as one test sees them. */
export interface DocumentsWorld extends World {
  readonly env: FunctionsEnv;
  /** Makes somebody and signs them in. */
  person(facts?: PersonFacts): Promise<SignedIn>;
  /** A claim of a member that was sent. */
  claim(member: SignedIn): Promise<string>;
  /** A claim of a member that was begun. */
  draft(member: SignedIn): Promise<string>;
  announce(uploader: SignedIn, claimId: string, file?: FileFacts): Promise<Announced>;
  /** An address to which the file may be sent once. */
  uploadAddress(uploader: SignedIn, at: Announced): Promise<string>;
  /** Announces a file and sends it to Storage. */
  upload(uploader: SignedIn, claimId: string, file?: FileFacts): Promise<Announced>;
  /** A document that is confirmed. */
  document(uploader: SignedIn, claimId: string, file?: FileFacts): Promise<Announced>;
  /** Asks the function; read or cancel the answer's body. */
  ask(
    path: string,
    by?: SignedIn | null,
    init?: RequestInit & { readonly from?: string },
  ): Promise<Response>;
  /** What the audit log says of a document, in order. */
  audits(documentId: string): Promise<Audit[]>;
  /** Whether Storage holds a file. */
  isStored(path: string): Promise<boolean>;
}

/** One line of the audit log. */
export interface Audit {
  readonly action: string;
  readonly actorId: string | null;
  readonly actorRole: string;
  readonly tenantId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The bucket of claims' files. */
export const BUCKET = "claim-evidence";

/** Longest file that is taken, in bytes. */
export const MOST = 15_728_640;

/**
 * Runs against the running stack.
 *
 * @param name What is shown.
 * @param work The test.
 * @param log Where the function logs to.
 */
export function testDocuments(
  name: string,
  work: (world: DocumentsWorld) => Promise<void>,
  log: Logger = silentLogger,
): void {
  testWithDatabase(name, async (world) => {
    const env = readFunctionsEnv(Deno.env.toObject());
    const app = createApp({ env, db: world.db, clock: systemClock, log });
    await work(documentsWorld(world, env, (request) => app.fetch(request)));
  });
}

/** Reads an error's code and checks that nothing else is told. */
export async function codeOf(answer: Response): Promise<string> {
  const body = await answer.json() as { error?: { code?: string; message?: string } };
  assert.deepEqual(Object.keys(body), ["error"]);
  assert.deepEqual(Object.keys(body.error ?? {}), ["code", "message"]);
  assert.match(answer.headers.get("cache-control") ?? "", /no-store/);
  return body.error?.code ?? "";
}

/** Status and code of a refusal. */
export async function refusalOf(answer: Response): Promise<[number, string]> {
  return [answer.status, await codeOf(answer)];
}

/** A secret of a link and what the database keeps of it. */
export function linkSecret(): { readonly token: string; readonly hash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: createHash("sha256").update(token).digest("hex") };
}

/** The site's cookie of somebody who is signed in there. */
export function cookieOf({ token }: SignedIn): string {
  const session = {
    "access_token": token,
    "refresh_token": "none",
    "expires_at": Math.floor(Date.now() / 1000) + 3_000,
  };
  const value = new TextEncoder().encode(JSON.stringify(session));
  return `session=${value.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

/** A file of any length that is text. */
export function textOf(length: number): Uint8Array {
  return new Uint8Array(length).fill(0x61);
}

function documentsWorld(
  world: World,
  env: FunctionsEnv,
  fetchApp: (request: Request) => Response | Promise<Response>,
): DocumentsWorld {
  const { sql, db } = world;
  const storage = `${env.supabaseUrl}/storage/v1`;

  async function person(facts: PersonFacts = {}): Promise<SignedIn> {
    const { role = "member", tenantId = "ks", branchId = null, agentId = null } = facts;
    const made = await world.member(tenantId);
    await sql`
      update profiles set role = ${role}, branch_id = ${branchId}, agent_id = ${agentId}
      where id = ${made.id}`;
    const sessionId = crypto.randomUUID();
    await sql`insert into auth.sessions (id, user_id, aal) values (${sessionId}, ${made.id}, 'aal1')`;
    const claims = { role: "authenticated", aud: "authenticated", "session_id": sessionId };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256" })
      .setSubject(made.id).setIssuedAt().setExpirationTime("1h")
      .sign(new TextEncoder().encode(env.supabaseJwtSecret));
    return { userId: made.id, claims: { ...claims, sub: made.id }, tenantId, sessionId, token };
  }

  async function draft(member: SignedIn): Promise<string> {
    const id = crypto.randomUUID();
    await db.asUser(member, (tx) =>
      tx`
        insert into public.claims (id, title, company, description, category)
        values (${id}, 'Lost luggage', 'Air Example', 'Two suitcases never arrived.', 'travel')`);
    return id;
  }

  async function claim(member: SignedIn): Promise<string> {
    await sql`
      insert into public.subscriptions (tenant_id, user_id, provider_subscription_id, status)
      values (${member.tenantId}, ${member.userId}, ${`sub_${crypto.randomUUID()}`}, 'active')`;
    const id = await draft(member);
    await db.asUser(member, (tx) => tx`select public.submit_claim(${id})`);
    return id;
  }

  async function announce(
    uploader: SignedIn,
    claimId: string,
    file: FileFacts = {},
  ): Promise<Announced> {
    const { name = "paper.pdf", type = "application/pdf" } = file;
    const content = file.content ?? SAMPLES["application/pdf"];
    const id = crypto.randomUUID();
    const [row] = await db.asUser(uploader, (tx) =>
      tx<{ filePath: string }[]>`
        insert into public.claim_documents (id, claim_id, name, file_type, file_size)
        values (${id}, ${claimId}, ${name}, ${type}, ${file.size ?? content.length})
        returning file_path`);
    return { id, path: row?.filePath ?? "", type };
  }

  async function uploadAddress(uploader: SignedIn, { path }: Announced): Promise<string> {
    const answer = await fetch(`${storage}/object/upload/sign/${BUCKET}/${path}`, {
      method: "POST",
      headers: { apikey: env.supabasePublishableKey, authorization: `Bearer ${uploader.token}` },
    });
    const body = await answer.json() as { url?: string };
    assert.equal(answer.status, 200, JSON.stringify(body));
    return `${storage}${body.url}`;
  }

  async function upload(
    uploader: SignedIn,
    claimId: string,
    file: FileFacts = {},
  ): Promise<Announced> {
    const announced = await announce(uploader, claimId, file);
    const address = await uploadAddress(uploader, announced);
    const answer = await send(address, file.content ?? SAMPLES["application/pdf"], announced.type);
    assert.equal(answer.status, 200, await answer.text());
    return announced;
  }

  async function ask(
    path: string,
    by: SignedIn | null = null,
    { from = crypto.randomUUID(), ...init }: RequestInit & { readonly from?: string } = {},
  ): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("x-forwarded-for", from);
    if (by !== null) headers.set("authorization", `Bearer ${by.token}`);
    return await fetchApp(new Request(`http://functions.test${path}`, { ...init, headers }));
  }

  return {
    ...world,
    env,
    person,
    draft,
    claim,
    announce,
    uploadAddress,
    upload,
    ask,
    async document(uploader, claimId, file) {
      const announced = await upload(uploader, claimId, file);
      const answer = await ask(`/documents/${announced.id}/confirm`, uploader, { method: "POST" });
      assert.equal(answer.status, 200, await answer.text());
      return announced;
    },
    audits: (documentId) => readAudits(sql, documentId),
    async isStored(path) {
      const [row] = await sql`
        select from storage.objects where bucket_id = ${BUCKET} and name = ${path}`;
      const bytesToo = await fetch(`${storage}/object/${BUCKET}/${path}`, {
        headers: { apikey: Deno.env.get("SUPABASE_SECRET_KEY") ?? "" },
      });
      await bytesToo.body?.cancel();
      assert.equal(bytesToo.ok, row !== undefined, "Storage's rows and its bytes go together");
      return bytesToo.ok;
    },
  };
}

/** Sends a file to an address that was signed for it, as a browser does. */
export function send(address: string, content: Uint8Array, type: string): Promise<Response> {
  const body = Uint8Array.from(content);
  return fetch(address, { method: "PUT", headers: { "content-type": type }, body });
}

async function readAudits(sql: postgres.Sql, documentId: string): Promise<Audit[]> {
  return await sql<Audit[]>`
    select action, actor_id as "actorId", actor_role as "actorRole", tenant_id as "tenantId",
           metadata
    from public.audit_log
    where entity_type = 'document' and entity_id = ${documentId}
    order by seq`;
}

/** A PDF of exactly so many bytes. */
export function pdfOf(length: number): Uint8Array {
  const made = new Uint8Array(length).fill(0x20);
  made.set(bytes("%PDF-1.4\n"));
  made.set(bytes("\n%%EOF"), length - 6);
  return made;
}
