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

/** The form of the sign-in page. Any password may be tried: rules for new ones change. */
export const SignInForm = z.object({
  email,
  password: z.string(say("field.password.missing"))
    .min(1, say("field.password.missing"))
    .max(1_000, say("field.password.missing")),
});

/** The form of the registration page. Lengths of passwords count characters, not bytes. */
export const RegisterForm = z.object({
  name: z.string(say("field.name.missing")).trim()
    .min(1, say("field.name.missing"))
    .max(nameMax, say("field.name.long"))
    .transform((name) => name.replace(/\s+/g, " ")),
  email,
  password: z.string(say("field.password.missing"))
    .min(1, say("field.password.missing"))
    .refine((text) => text === "" || [...text].length >= password.min, say("field.password.short"))
    .refine((text) => [...text].length <= password.max, say("field.password.long")),
});
