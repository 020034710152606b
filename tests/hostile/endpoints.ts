/** What programs ask the site and its functions, and odd things to say there. */
import fc from "fast-check";
import { oddJson, oddText } from "./odd_values.ts";

/** An endpoint for programs. */
export interface Endpoint {
  readonly method: string;
  /** Its path; `*` stands for something odd. */
  readonly path: string;
  /** Headers that it looks at. */
  readonly headers?: readonly string[];
}

/** Headers that Auth signs its wishes for a mail with. */
const HOOK = ["webhook-id", "webhook-timestamp", "webhook-signature"];

/** Those of the site. */
export const SITE_ENDPOINTS: readonly Endpoint[] = [
  { method: "POST", path: "/api/webhooks/paddle", headers: ["paddle-signature"] },
  {
    method: "POST",
    path: "/api/webhooks/resend",
    headers: ["svix-id", "svix-timestamp", "svix-signature"],
  },
  { method: "POST", path: "/api/cron/dunning", headers: ["authorization"] },
  { method: "GET", path: "/api/cron/*", headers: ["authorization"] },
  { method: "GET", path: "/api/documents/*" },
  { method: "GET", path: "/api/documents/*/download", headers: ["range", "if-none-match"] },
  { method: "GET", path: "/api/documents/share/*/1" },
  { method: "POST", path: "/api/documents/share/*/1" },
  { method: "GET", path: "/api/public/nps?token=*" },
  { method: "POST", path: "/api/public/nps" },
  { method: "POST", path: "/api/public/unsubscribe?token=*" },
  { method: "POST", path: "/api/auth/request-password-reset" },
  { method: "GET", path: "/api/auth/reset-password/*?callbackURL=*" },
  { method: "GET", path: "/api/auth/reset-password/0123456789abcdef?callbackURL=*" },
  { method: "POST", path: "/api/auth/reset-password" },
  { method: "POST", path: "/api/auth/send-email", headers: HOOK },
  { method: "POST", path: "/api/auth/change-password", headers: ["authorization"] },
  { method: "POST", path: "/api/auth/change-email", headers: ["authorization"] },
  { method: "POST", path: "/api/auth/confirm-email" },
  { method: "POST", path: "/api/auth/invitations", headers: ["authorization"] },
  { method: "POST", path: "/api/auth/invitations/*/renew", headers: ["authorization"] },
  { method: "GET", path: "/api/privacy/export", headers: ["range"] },
  { method: "GET", path: "/api/claims?scope=*&status=*&search=*&page=*&perPage=*" },
  { method: "GET", path: "/api/health?*" },
  { method: "PATCH", path: "/api/*" },
  { method: "GET", path: "/en/nps/*" },
  { method: "POST", path: "/en/nps/*" },
  { method: "POST", path: "/en/unsubscribe/*" },
  { method: "GET", path: "/en/track/*" },
  { method: "GET", path: "/en/share/*" },
  { method: "POST", path: "/en/share/*" },
  { method: "GET", path: "/en/reset-password?token=*" },
  { method: "POST", path: "/en/reset-password" },
  { method: "GET", path: "/en/invitation/*" },
  { method: "POST", path: "/en/invitation/*" },
  { method: "GET", path: "/en/confirm/*/*" },
  { method: "POST", path: "/en/confirm/signup/*" },
  { method: "GET", path: "/*" },
];

/** Those of the functions at their own address. */
export const FUNCTION_ENDPOINTS: readonly Endpoint[] = SITE_ENDPOINTS
  .filter(({ path }) => path.startsWith("/api/") && !path.startsWith("/api/claims"))
  .map((endpoint) => ({
    ...endpoint,
    path: endpoint.path.replace("/api/webhooks/paddle", "paddle-webhook")
      .replace("/api/webhooks/resend", "resend-webhook")
      .replace("/api/public/nps", "nps")
      .replace("/api/privacy/export", "documents/export")
      .replace("/api/", ""),
  }));

/** A header may hold no line break and nothing beyond one byte. */
export const oddHeader = oddText.map((text) => text.replace(/[^\x20-\x7e]/g, "").slice(0, 2_000));

/** Something odd to send, with what it is said to be. */
export const oddBody: fc.Arbitrary<readonly [type: string, body: BodyInit]> = fc.oneof(
  oddJson.map((value) => ["application/json", JSON.stringify(value)] as const),
  fc.record({
    token: fc.oneof(oddText, oddJson),
    score: fc.oneof(fc.integer(), oddText, oddJson),
    comment: fc.oneof(oddText, oddJson),
    email: fc.oneof(oddText, oddJson),
    password: fc.oneof(oddText, oddJson),
    pin: fc.oneof(oddText, oddJson),
    event_id: fc.oneof(oddText, oddJson),
    callbackURL: fc.oneof(oddText, oddJson),
    data: oddJson,
  }, { requiredKeys: [] }).map((value) => ["application/json", JSON.stringify(value)] as const),
  oddText.map((text) => ["application/json", text] as const),
  oddText.map((text) => ["text/plain", text] as const),
  fc.uint8Array({ maxLength: 300 }).map((bytes) =>
    ["application/x-www-form-urlencoded", new Uint8Array(bytes)] as const
  ),
  fc.constant(["application/json", "[".repeat(100_000)] as const),
);
