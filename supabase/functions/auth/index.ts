/** Serves the function on hosted Supabase. */
import { serveFunction } from "@core/platform/function.ts";
import { createApp } from "./app.ts";

serveFunction("auth", createApp);
