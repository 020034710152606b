/**
 * `supabase/config.toml`, the parts of it that a local stack honours.
 */
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { ROOT } from "./settings.ts";

const Config = z.object({
  auth: z.object({
    jwt_expiry: z.number().int().positive(),
    additional_redirect_urls: z.array(z.string()).default([]),
    minimum_password_length: z.number().int().min(6),
    enable_signup: z.boolean().default(true),
    email: z.object({
      enable_signup: z.boolean().default(true),
      enable_confirmations: z.boolean().default(false),
      double_confirm_changes: z.boolean().default(true),
      otp_expiry: z.number().int().positive(),
    }),
  }),
  storage: z.object({
    file_size_limit: z.string(),
    buckets: z.record(
      z.string(),
      z.object({
        public: z.boolean().default(false),
        file_size_limit: z.string(),
        allowed_mime_types: z.array(z.string()),
      }),
    ).default({}),
  }),
  functions: z.record(z.string(), z.object({ verify_jwt: z.boolean().default(true) })),
});

/** What a local stack reads of the project's Supabase configuration. */
export type SupabaseConfig = z.infer<typeof Config>;

/**
 * Reads `supabase/config.toml`.
 *
 * @returns The checked configuration.
 * @throws {z.ZodError} If a part that the stack needs is missing or malformed.
 */
export async function readSupabaseConfig(): Promise<SupabaseConfig> {
  const text = await Deno.readTextFile(join(ROOT, "supabase", "config.toml"));
  return Config.parse(parse(text));
}
