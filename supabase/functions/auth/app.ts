/**
 * Accounts: new passwords, the mails of Supabase Auth, invitations. Answers carry no CORS headers:
 * pages of others have no business here.
 *
 * `POST /auth/request-password-reset` `{email,callbackURL?}`: 200, one body for everyone and at once;
 * what follows happens after the answer. 400 malformed; 429.
 * `GET /auth/reset-password/:token?callbackURL=`: 302 to a page of ours with `?token=`. Uses nothing
 * up: scanners of mails follow links.
 * `POST /auth/reset-password` `{token,password}`: 200 `{"result":"changed"}`; 400 malformed; 410 the
 * link is used up, too old or unknown; 422 `weak_password`; 429; 503.
 * `POST /auth/change-password` `{present,password}` by the person's token: 200 the tokens of a new
 * session, all others end; 400; 401; 422 `wrong_password`, `weak_password`; 429; 503.
 * `POST /auth/claim-account` `{token,password}`: 200 `{"result":"claimed",email}`; 400 malformed; 404 and
 * 410 the link leads nowhere, was used or is too old; 422 `weak_password`; 429.
 * `POST /auth/change-email` `{present,email}` by the person's token: 200, the same whether the address
 * is free or not; a link goes to it after the answer. 400; 401; 422 `wrong_password`, `same_email`; 429;
 * 503.
 * `POST /auth/confirm-email` `{token}`: 200 `{"result":"confirmed"}`, the former address is told; 400;
 * 410 the link is used up, too old or unknown; 429; 503.
 * `POST /auth/send-email`: Supabase Auth's Send Email hook. 200 `{}`; 400 no readable signature; 401;
 * 422 a kind of mail that we do not send; 503.
 * `POST /auth/invitations`, `POST /auth/invitations/:id/renew`: by the person's token, see
 * `invitations.ts`.
 */
import type { Hono } from "hono";
import { connectPaddle } from "@core/billing/paddle_api.ts";
import { connectPasswordAuth } from "@core/identity/password_auth.ts";
import { accessTokenKey } from "@core/identity/session.ts";
import { sendDeps } from "@core/outreach/jobs.ts";
import { startBackground } from "@core/platform/background.ts";
import type { FunctionDeps } from "@core/platform/function.ts";
import { createFunctionApp, methodNotAllowed } from "@core/platform/http.ts";
import { createDeliveryVerifier } from "@core/platform/webhook_signature.ts";
import { changeEmail } from "./change_email.ts";
import { changePassword } from "./change_password.ts";
import { claimAccount } from "./claim_account.ts";
import { confirmEmail } from "./confirm_email.ts";
import { createInvitation, renewInvitation } from "./invitations.ts";
import type { AuthDeps } from "./parts.ts";
import { followLink } from "./reset_link.ts";
import { requestReset } from "./request_reset.ts";
import { resetPassword } from "./reset_password.ts";
import { sendAuthMail } from "./send_email.ts";

/**
 * Makes the function.
 *
 * @param deps Environment, database, clock and log.
 * @returns The application.
 */
export function createApp(deps: FunctionDeps): Hono {
  const { env, log } = deps;
  const parts: AuthDeps = {
    ...deps,
    background: deps.background ?? startBackground(log),
    auth: connectPasswordAuth(env),
    tokenKey: accessTokenKey(env),
    sending: sendDeps(deps),
    paddle: connectPaddle(env.paddle),
    verifyHook: createDeliveryVerifier({ secrets: env.mail.hookSecrets }),
  };

  const app = createFunctionApp(log);
  app.post("/auth/request-password-reset", (c) => requestReset(parts, c.req.raw));
  app.all("/auth/request-password-reset", () => methodNotAllowed("POST"));

  app.get("/auth/reset-password/:token", (c) => {
    return followLink(parts, c.req.raw.headers, c.req.param("token"), c.req.query("callbackURL"));
  });
  app.all("/auth/reset-password/:token", () => methodNotAllowed("GET", "HEAD"));

  app.post("/auth/reset-password", (c) => resetPassword(parts, c.req.raw));
  app.all("/auth/reset-password", () => methodNotAllowed("POST"));

  app.post("/auth/change-password", (c) => changePassword(parts, c.req.raw));
  app.all("/auth/change-password", () => methodNotAllowed("POST"));

  app.post("/auth/claim-account", (c) => claimAccount(parts, c.req.raw));
  app.all("/auth/claim-account", () => methodNotAllowed("POST"));
  app.post("/auth/change-email", (c) => changeEmail(parts, c.req.raw));
  app.all("/auth/change-email", () => methodNotAllowed("POST"));
  app.post("/auth/confirm-email", (c) => confirmEmail(parts, c.req.raw));
  app.all("/auth/confirm-email", () => methodNotAllowed("POST"));

  app.post("/auth/send-email", (c) => sendAuthMail(parts, c.req.raw));
  app.all("/auth/send-email", () => methodNotAllowed("POST"));

  app.post("/auth/invitations", (c) => createInvitation(parts, c.req.raw));
  app.all("/auth/invitations", () => methodNotAllowed("POST"));
  app.post(
    "/auth/invitations/:id/renew",
    (c) => renewInvitation(parts, c.req.raw, c.req.param("id")),
  );
  app.all("/auth/invitations/:id/renew", () => methodNotAllowed("POST"));
  return app;
}
