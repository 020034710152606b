/**
 * `@supabase/lite` reads its flags while it is being loaded: import this before it.
 */
Deno.env.set("EXPERIMENTAL_STORAGE", "1");
Deno.env.set("LITE_TELEMETRY", "0");
