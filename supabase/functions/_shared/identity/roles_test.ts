import assert from "node:assert/strict";
import { isRole, portalOf, portalRoot, ROLES } from "./roles.ts";

Deno.test("portalRoot() is the page where each role works", () => {
  assert.deepEqual(ROLES.map((role) => portalRoot(role, "sq")), [
    "/sq/member",
    "/sq/agent",
    "/sq/staff/claims",
    "/sq/admin/overview",
    "/sq/admin/overview",
    "/sq/admin/overview",
  ]);
});

Deno.test("portalOf() sends managers and admins to one portal", () => {
  assert.equal(portalOf("branch_manager"), portalOf("super_admin"));
});

Deno.test("isRole() knows the roles and nothing else", () => {
  for (const role of ROLES) assert.ok(isRole(role));
  for (const text of ["", "admin", "service_role", "toString"]) assert.equal(isRole(text), false);
});
