import assert from "node:assert/strict";
import { z } from "zod";
import { RegisterForm, SignInForm } from "./account_forms.ts";
import { readForm } from "./forms.ts";

const Any = z.record(z.string(), z.string());

function posted(body: BodyInit, type = "application/x-www-form-urlencoded"): Request {
  return new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { "content-type": type },
  });
}

async function problems(schema: z.ZodType, fields: Record<string, string>) {
  const form = await readForm(posted(new URLSearchParams(fields)), schema);
  return form.ok ? [] : form.problems.map(({ field, key }) => `${field} ${key}`);
}

Deno.test("readForm() reads text, composes accents and drops NUL", async () => {
  const form = await readForm(posted("name=Zoe%CC%88%00&name=second"), Any);
  assert.deepEqual(form.ok && form.value, { name: "Zoë" });
});

Deno.test("readForm() never hands a password back", async () => {
  const form = await readForm(posted("email=a&password=secret"), Any);
  assert.deepEqual(form.typed, { email: "a" });
});

Deno.test("readForm() refuses what is too large, even if it comes without a length", async () => {
  const chunks = new ReadableStream({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("a=".padEnd(10_000, "b"))),
  });
  await assert.rejects(readForm(posted(chunks), Any), { status: 413 });
});

Deno.test("readForm() refuses what is not a form", async () => {
  for (const type of ["application/json", "text/plain", ""]) {
    await assert.rejects(readForm(posted("a=b", type), Any), { status: 415 });
  }
});

Deno.test("readForm() reads the text parts of a form in parts, within the same bounds", async () => {
  const parts = new FormData();
  parts.append("name", "Zoë");
  parts.append("file", new Blob(["bytes"]), "evidence.txt");
  const send = (body: FormData) => new Request("http://localhost/", { method: "POST", body });
  const form = await readForm(send(parts), Any);
  assert.deepEqual(form.ok && form.value, { name: "Zoë" });
  parts.append("file", new Blob(["x".repeat(170_000)]), "large.txt");
  await assert.rejects(readForm(send(parts), Any), { status: 413 });
  const broken = posted("no parts", "multipart/form-data; boundary=x");
  await assert.rejects(readForm(broken, Any), { status: 400 });
  await assert.rejects(readForm(posted("a=b", "multipart/form-data"), Any), { status: 400 });
});

Deno.test("SignInForm asks for an address and any password", async () => {
  assert.deepEqual(await problems(SignInForm, {}), [
    "email field.email.missing",
    "password field.password.missing",
  ]);
  assert.deepEqual(await problems(SignInForm, { email: "a@b", password: "x" }), [
    "email field.email.malformed",
  ]);
  assert.deepEqual(await problems(SignInForm, { email: " A@B.com ", password: "x" }), []);
  const long = { email: "a@b.com", password: "x".repeat(2_000) };
  assert.deepEqual(await problems(SignInForm, long), []);
});

Deno.test("RegisterForm wants 8 characters, as people count them, and at most 128", async () => {
  const form = (password: string) => ({ name: "Arta", email: "a@b.com", password });
  assert.deepEqual(await problems(RegisterForm, form("kX9!mQ2")), [
    "password field.password.short",
  ]);
  assert.deepEqual(await problems(RegisterForm, form("kX9!mQ2z")), []);
  assert.deepEqual(await problems(RegisterForm, form("🌉".repeat(7))), [
    "password field.password.short",
  ]);
  for (const [letters, most] of [["kX9!mQ2z", 16], ["љубЖ", 32], ["🌉🌊🌋🌌", 32]] as const) {
    assert.deepEqual(
      await problems(RegisterForm, form(letters.repeat(most).replace(/.$/u, "?"))),
      [],
    );
    assert.deepEqual(await problems(RegisterForm, form(letters.repeat(most) + "x")), [
      "password field.password.long",
    ]);
  }
});

Deno.test("RegisterForm refuses what everybody tries first, and one's own name", async () => {
  const form = (password: string) => ({ name: "Arta Berisha", email: "a@b.com", password });
  assert.deepEqual(await problems(RegisterForm, form("PassWord1")), [
    "password field.password.common",
  ]);
  assert.deepEqual(await problems(RegisterForm, form("berisha2026")), [
    "password field.password.personal",
  ]);
});

Deno.test("RegisterForm wants a name of at most 120 characters", async () => {
  const form = (name: string) => ({ name, email: "a@b.com", password: "kX9!mQ2z" });
  assert.deepEqual(await problems(RegisterForm, form("   ")), ["name field.name.missing"]);
  assert.deepEqual(await problems(RegisterForm, form("x".repeat(121))), ["name field.name.long"]);
});

Deno.test("RegisterForm takes out of a name what cannot be seen, and wants a letter to be left", async () => {
  const nameOf = async (name: string) => {
    const fields = new URLSearchParams({ name, email: "a@b.com", password: "kX9!mQ2z" });
    const form = await readForm(posted(fields), RegisterForm);
    return form.ok ? form.value.name : form.problems.map(({ key }) => key);
  };
  assert.equal(await nameOf(" a\u0001\u001b[31mb\tc "), "a[31mb c");
  assert.equal(await nameOf("\u202eAna \u200b Markova\u2069"), "Ana Markova");
  assert.equal(await nameOf("Љубица D'Arc-Đorđe"), "Љубица D'Arc-Đorđe");
  for (const empty of ["\u200b\u200b", "\u202e", "123", "\ufeff \u00ad"]) {
    assert.deepEqual(await nameOf(empty), ["field.name.missing"], JSON.stringify(empty));
  }
});
