/**
 * Claims of the demo's first member: a draft, one that was just sent, and one that staff are at.
 *
 * They are made as their people would make them, under the same rules; each is made once, in one
 * transaction.
 */
import { createClient } from "@supabase/supabase-js";
import { authPassword } from "@core/identity/auth_password.ts";
import type { Sql, TransactionSql } from "postgres";
import type { StackEnv } from "./settings.ts";

const MEMBER = "member.ks@demo.test";
const STAFF = "staff.ks@demo.test";
const AGENT = "agent.ks@demo.test";

const DRAFT = "c0de0000-0000-4000-8000-000000000001";
const SENT = "c0de0000-0000-4000-8000-000000000002";
const PURSUED = "c0de0000-0000-4000-8000-000000000003";
const REQUEST = "c0de0000-0000-4000-8000-000000000031";

interface DemoDocument {
  readonly id: string;
  readonly claim: string;
  readonly name: string;
  readonly type: "application/pdf" | "text/plain";
  readonly category: "evidence" | "receipt" | "correspondence";
  readonly text: string;
  readonly request?: string;
}

const DOCUMENTS: readonly DemoDocument[] = [
  {
    id: "c0de0000-0000-4000-8000-000000000021",
    claim: SENT,
    name: "fatura-e-servisit.pdf",
    type: "application/pdf",
    category: "receipt",
    text: "Servisi Auto Drini: riparim i parakolpit, 480,00 EUR",
  },
  {
    id: "c0de0000-0000-4000-8000-000000000032",
    claim: PURSUED,
    name: "bileta.pdf",
    type: "application/pdf",
    category: "evidence",
    text: "Air Example EX 418 Prishtina - Zurich",
  },
  {
    id: "c0de0000-0000-4000-8000-000000000033",
    claim: PURSUED,
    name: "konfirmimi-i-voneses.txt",
    type: "text/plain",
    category: "correspondence",
    text: "Flight EX 418 arrived 4 h 50 min late on 3 May.\n",
    request: REQUEST,
  },
];

/**
 * Makes the claims that are not there yet.
 *
 * @param sql The database's owner.
 * @param env Where Storage answers.
 */
export async function plantClaims(sql: Sql, env: StackEnv): Promise<void> {
  await once(sql, DRAFT, () =>
    begin(sql, DRAFT, {
      title: "Laptopi i prishtë",
      company: "TechnoShop",
      description: "Laptopi u prish pas dy javësh.",
      category: "other",
      amountCents: 74_900,
    }));
  await once(sql, SENT, () =>
    begin(sql, SENT, {
      title: "Dëm në parkingun e qendrës tregtare",
      company: "Siguria Plus",
      description: "Porta e parkingut ra mbi veturë. Sigurimi nuk përgjigjet që tri javë.",
      category: "vehicle",
      amountCents: 48_000,
    }));
  await once(sql, PURSUED, () =>
    begin(sql, PURSUED, {
      title: "Fluturimi u vonua pesë orë",
      company: "Air Example",
      description: "Fluturimi EX 418 për Cyrih mbërriti me pesë orë vonesë, pa asnjë njoftim.",
      category: "travel",
      amountCents: 25_000,
    }));
  await attach(sql, env, DOCUMENTS.filter((document) => document.request === undefined));
  await send(sql, SENT);
  await send(sql, PURSUED);
  await pursue(sql);
  await attach(sql, env, DOCUMENTS.filter((document) => document.request !== undefined));
}

async function once(sql: Sql, claim: string, work: () => Promise<void>): Promise<void> {
  const [present] = await sql`select from public.claims where id = ${claim}`;
  if (present === undefined) await work();
}

/** A transaction of a demo person, under the rules that hold for them. */
export async function act(
  sql: Sql,
  email: string,
  work: (tx: TransactionSql) => Promise<unknown>,
): Promise<void> {
  await sql.begin(async (tx) => {
    const [person] = await tx<{ id: string }[]>`
      select id from public.profiles where email = ${email}`;
    if (person === undefined) throw new Error(`The demo has no ${email}`);
    await tx`
      select set_config('role', 'authenticated', true),
        set_config('request.jwt.claim.sub', ${person.id}, true),
        set_config('request.jwt.claims', ${JSON.stringify({ sub: person.id })}, true)`;
    await work(tx);
  });
}

interface Told {
  readonly title: string;
  readonly company: string;
  readonly description: string;
  readonly category: string;
  readonly amountCents: number;
}

function begin(sql: Sql, id: string, told: Told): Promise<void> {
  return act(sql, MEMBER, (tx) =>
    tx`
    insert into public.claims (id, title, company, description, category, amount_cents)
    values (${id}, ${told.title}, ${told.company}, ${told.description}, ${told.category},
      ${told.amountCents})`);
}

function send(sql: Sql, id: string): Promise<void> {
  return act(sql, MEMBER, (tx) => tx`select public.submit_claim(${id})`);
}

/** What staff, the agent and the member did about the third claim, unless they did. */
async function pursue(sql: Sql): Promise<void> {
  const [claim] = await sql<{ status: string }[]>`
    select status from public.claims where id = ${PURSUED}`;
  if (claim?.status === "submitted") {
    await act(sql, STAFF, (tx) => tx`select public.move_claim(${PURSUED}, 'verification')`);
  }
  const [asked] = await sql`select from public.claim_messages where id = ${REQUEST}`;
  if (asked !== undefined) return;
  await act(sql, MEMBER, (tx) => say(tx, "Përshëndetje, a e keni marrë biletën time?"));
  await act(
    sql,
    AGENT,
    (tx) => say(tx, "Arta, po e ndjek edhe unë rastin. Më thirr kur të duash."),
  );
  await act(sql, STAFF, async (tx) => {
    await tx`
      insert into public.claim_messages (claim_id, body, is_internal)
      values (${PURSUED}, 'Vonesë mbi tri orë: 250 EUR sipas rregullores. Rast i fortë.', true)`;
    await tx`select public.move_claim(${PURSUED}, 'evaluation')`;
    await tx`
      insert into public.claim_messages (id, claim_id, body, is_document_request)
      values (${REQUEST}, ${PURSUED},
        'Faleminderit! Ju lutem dërgoni edhe konfirmimin e vonesës nga kompania.', true)`;
  });
}

function say(tx: TransactionSql, body: string): Promise<unknown> {
  return tx`insert into public.claim_messages (claim_id, body) values (${PURSUED}, ${body})`;
}

async function attach(
  sql: Sql,
  env: StackEnv,
  documents: readonly DemoDocument[],
): Promise<void> {
  const confirmed = new Set(
    (await sql<{ id: string }[]>`
      select id from public.claim_documents where confirmed_at is not null`).map((row) => row.id),
  );
  const missing = documents.filter((document) => !confirmed.has(document.id));
  if (missing.length === 0) return;
  const client = createClient(env["SUPABASE_URL"] ?? "", env["SUPABASE_PUBLISHABLE_KEY"] ?? "", {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { data, error } = await client.auth.signInWithPassword({
    email: MEMBER,
    password: authPassword(env["DEMO_PASSWORD"] ?? ""),
  });
  if (error) throw error;
  for (const document of missing) {
    const bytes = contentOf(document);
    await act(sql, MEMBER, (tx) =>
      tx`
      insert into public.claim_documents
        (id, claim_id, name, file_type, file_size, category, request_id)
      values (${document.id}, ${document.claim}, ${document.name}, ${document.type},
        ${bytes.byteLength}, ${document.category}, ${document.request ?? null})
      on conflict (id) do nothing`);
    // It may have been announced by a start that was killed, hours ago.
    await sql`
      update public.claim_documents set upload_expires_at = now() + interval '1 hour'
      where id = ${document.id} and is_pending`;
    const upload = await client.storage.from("claim-evidence").upload(
      `tenants/ks/claims/${document.claim}/${document.id}`,
      bytes,
      { contentType: document.type },
    );
    if (upload.error && !/exists/i.test(upload.error.message)) throw upload.error;
    await confirm(env, data.session.access_token, document);
  }
}

/** By the function that looks at every upload, which runs in this stack already. */
async function confirm(env: StackEnv, token: string, document: DemoDocument): Promise<void> {
  const answer = await fetch(
    `${env["SUPABASE_URL"]}/functions/v1/documents/${document.id}/confirm`,
    { method: "POST", headers: { authorization: `Bearer ${token}` } },
  );
  if (!answer.ok) throw new Error(`${document.name} was refused: ${await answer.text()}`);
  await answer.body?.cancel();
}

function contentOf({ type, text }: DemoDocument): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(type === "text/plain" ? text : pdf(text));
}

/** A page with one line of text. */
export function pdf(line: string): string {
  const drawing = `BT /F1 14 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R " +
    "/Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let body = "%PDF-1.4\n";
  const places = objects.map((object, index) => {
    const place = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  return `${body}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\n` +
    `startxref\n${body.length}\n%%EOF\n`;
}
