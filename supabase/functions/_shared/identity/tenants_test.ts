import assert from "node:assert/strict";
import { connectDatabase } from "@core/platform/database.ts";
import { readTenants, tenantByHost, type TenantFacts, tenantOrigin } from "./tenants.ts";

const tenant = (id: string, ...hosts: string[]): TenantFacts => ({
  id,
  name: id,
  legalName: `Company of ${id}`,
  countryCode: "XK",
  currency: "EUR",
  defaultLocale: "sq",
  hosts,
  supportEmail: "help@example.test",
  supportPhone: "+383 38 000 000",
  timeZone: "Europe/Belgrade",
});
const tenants = [tenant("ks", "ks.localhost", "ks.example.test"), tenant("mk", "mk.localhost")];

Deno.test("tenantByHost() finds the tenant, with a port, in capitals, with a final dot", () => {
  for (const host of ["mk.localhost", "mk.localhost:8000", "MK.Localhost:8000", "mk.localhost."]) {
    assert.equal(tenantByHost(tenants, host, "ks").id, "mk", host);
  }
});

Deno.test("tenantByHost() falls back to the default tenant", () => {
  for (const host of [null, undefined, "", "localhost:8000", "xmk.localhost", "[::1]:8000"]) {
    assert.equal(tenantByHost(tenants, host, "ks").id, "ks", String(host));
  }
});

Deno.test("tenantByHost() says which setting is wrong when there is no default", () => {
  assert.throws(() => tenantByHost(tenants, "x", "al"), /al \(DEFAULT_PUBLIC_TENANT\)/);
});

Deno.test("tenantOrigin() takes the tenant's host beside the site's, with its protocol and port", () => {
  const hosts = ["ks.localhost", "ks.example.org"];
  for (
    const [site, origin] of [
      ["http://localhost:8000", "http://ks.localhost:8000"],
      ["http://localhost:8000/", "http://ks.localhost:8000"],
      ["https://example.org", "https://ks.example.org"],
      ["https://www.example.org", "https://ks.example.org"],
      ["https://mk.example.org", "https://ks.example.org"],
      ["https://KS.example.org:8443", "https://ks.example.org:8443"],
    ] as const
  ) assert.equal(tenantOrigin(site, hosts), origin, site);
});

Deno.test("tenantOrigin() stays with the site where the tenant has no host beside it", () => {
  for (
    const [site, hosts] of [
      ["https://example.org", []],
      ["https://example.org", ["ks.localhost", "evilexample.org", "example.org.evil.test"]],
      ["https://interdomestik.org", ["other.org"]],
      ["http://127.0.0.1:8000", ["ks.localhost"]],
    ] as const
  ) assert.equal(tenantOrigin(site, hosts), new URL(site).origin, `${site} ${hosts}`);
});

const url = Deno.env.get("TEST_SITE_DATABASE_URL");

Deno.test({
  name: "readTenants() gives a visitor the public facts of the active tenants",
  ignore: !url,
  async fn() {
    const db = connectDatabase(url ?? "");
    const found = await db.asAnon(readTenants);
    await db.end();
    assert.deepEqual(found.map(({ id }) => id).filter((id) => ["ks", "mk"].includes(id)), [
      "ks",
      "mk",
    ]);
    assert.ok(found.every(({ hosts }) => Array.isArray(hosts)));
    assert.equal(tenantByHost(found, "mk.localhost:8000", "ks").countryCode, "MK");
  },
});
