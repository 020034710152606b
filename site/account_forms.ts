/** What the forms for signing in and registering ask for. */
import { z } from "zod";
import type { MessageKey } from "@core/platform/i18n.ts";
import { config } from "../fresh.config.ts";

const { password, nameMax } = config.form;

/** A message for a field, checked to exist. */
const say = (key: MessageKey) => key;

const email = z.string(say("field.email.missing")).trim().toLowerCase()
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
  email,
  password: z.string(say("field.password.missing")).min(1, say("field.password.missing")),
});

/** The form of the registration page. */
export const RegisterForm = z.object({
  name: fullName,
  email,
  password: z.string(say("field.password.missing"))
    .min(1, say("field.password.missing"))
    .refine((text) => text === "" || [...text].length >= password.min, say("field.password.short"))
    .refine((text) => bytesOf(text) <= password.maxBytes, say("field.password.long")),
});

/** Without characters that cannot be seen or turn the text around, and with single spaces. */
function visible(name: string): string {
  return name.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "").replace(/ +/g, " ").trim();
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
