/** The mail by which people learn that their password is another now. */
import type { Session } from "@core/identity/session.ts";
import { sendNow } from "@core/outreach/send_now.ts";
import type { AuthDeps } from "./parts.ts";

/**
 * Has the mail sent, after the answer.
 *
 * @param deps What mails are sent with.
 * @param session The session that the new password began.
 */
export function tellOwner(
  { background, sending, clock }: Pick<AuthDeps, "background" | "sending" | "clock">,
  { userId, sessionId }: Pick<Session, "userId" | "sessionId">,
): void {
  const changedAt = new Date(clock.now()).toISOString();
  background.run("the mail about a changed password", () =>
    sendNow(sending, {
      template: "password_changed",
      userId,
      dedupeKey: `password_changed:${sessionId ?? crypto.randomUUID()}`,
      details: () => ({ changedAt }),
    }));
}
