/** What the forms for signing in and registering ask for. */
import { z } from "zod";
import { passwordFault, type PasswordOwner } from "@core/identity/password_rules.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import { config } from "../fresh.config.ts";

const { nameMax, passwordFieldMax } = config.form;

/** A message for a field, checked to exist. */
const say = (key: MessageKey) => key;

/** An address as people give it. */
export const emailField = z.string(say("field.email.missing")).trim().toLowerCase()
  .min(1, say("field.email.missing"))
  .max(254, say("field.email.malformed"))
  .pipe(z.email(say("field.email.malformed")));

/** A name as people give it. */
export const fullName = z.string(say("field.name.missing"))
  .transform(visible)
  .refine((name) => /\p{L}/u.test(name), say("field.name.missing"))
  .refine((name) => [...name].length <= nameMax, say("field.name.long"));

/** The form of the sign-in page. Any password may be tried: rules for new ones change. */
export const SignInForm = z.object({
  email: emailField,
  password: z.string(say("field.password.missing")).min(1, say("field.password.missing")),
});

/** A password that somebody wants to have; whose it is to be is checked by {@linkcode isPersonal}. */
const newPassword = z.string(say("field.password.missing"))
  .min(1, say("field.password.missing"))
  .refine((text) => text === "" || passwordFault(text) !== "short", say("field.password.short"))
  .refine((text) => passwordFault(text) !== "long", say("field.password.long"))
  .refine((text) => passwordFault(text) !== "common", say("field.password.common"));

/**
 * Whether a password is made of its owner's name or address.
 *
 * @param password The password.
 * @param owner Whose it is to be.
 */
export function isPersonal(password: string, owner: PasswordOwner): boolean {
  return passwordFault(password, owner) === "personal";
}

/** The form of the registration page. */
export const RegisterForm = z.object({ name: fullName, email: emailField, password: newPassword })
  .refine(({ name, email, password }) => !isPersonal(password, { email, fullName: name }), {
    path: ["password"],
    message: say("field.password.personal"),
  });

/** The form that has a link for a new password sent. */
export const ForgotForm = z.object({ email: emailField });

/** What the code in a link of Auth's looks like. */
export const RESET_TOKEN = /^[A-Za-z0-9_.~-]{1,512}$/;

/** The form behind that link; the code comes along. */
export const ResetForm = z.object({
  token: z.string().regex(RESET_TOKEN),
  password: newPassword,
});

/** The form by which a new member chooses their first password; the code is in the address. */
export const ClaimForm = z.object({ password: newPassword });

/** The password that somebody has. */
const presentPassword = z.string(say("field.present.missing"))
  .min(1, say("field.present.missing"))
  .max(passwordFieldMax, say("field.present.wrong"));

/** The form in which somebody signed in changes their password. */
export const PasswordForm = z.object({
  present: presentPassword,
  password: newPassword,
});

/** The form in which somebody signed in asks for another mail address. */
export const AddressForm = z.object({
  email: emailField,
  present: presentPassword,
});

/** The form by which somebody who is invited makes an account; the address is the invitation's. */
export const JoinForm = z.object({ name: fullName, password: newPassword });

/** Without characters that cannot be seen or turn the text around, and with single spaces. */
function visible(name: string): string {
  return name.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "").replace(/ +/g, " ").trim();
}
