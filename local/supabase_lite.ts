/**
 * Supabase Auth, Data API and Storage, embedded: Supabase's own TypeScript implementation.
 */
import "./supabase_lite_flags.ts";
import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import { type AuthMail, rememberRedirect, SPEAKING_TEMPLATES } from "./auth_hook.ts";
import type { SupabaseConfig } from "./config_toml.ts";
import type { Secrets } from "./settings.ts";
import { refuseSigned } from "./signed_address.ts";
import { storageFiles } from "./storage_files.ts";
import { withRange } from "./storage_range.ts";

/** Options of {@linkcode openSupabase}. */
export interface SupabaseOptions {
  readonly databaseUrl: string;
  readonly secrets: Secrets;
  readonly siteUrl: string;
  readonly config: SupabaseConfig;
  /** Folder for Storage's bytes. */
  readonly filesDir: string;
  /** Called with every mail that Auth wants sent. */
  readonly sendMail: (mail: AuthMail) => Promise<void>;
}

/**
 * The service hands JSON columns over as text already, which the driver would encode a second
 * time: `raw_user_meta_data` would hold a string, and the sign-up trigger find nothing in it.
 */
const JSON_AS_GIVEN = {
  to: 3802,
  from: [3802],
  serialize: (value: unknown) =>
    typeof value === "string" && /^[{[]/.test(value) ? value : JSON.stringify(value),
  parse: (text: string) => JSON.parse(text) as unknown,
};

/** The embedded services. */
export interface Supabase {
  /** Makes or completes the schemas `auth` and `storage`. */
  ensureSchemas(): Promise<void>;
  /** Reads the database's structure and gets ready to answer. */
  init(): Promise<void>;
  /** Answers `/auth/v1`, `/rest/v1`, `/storage/v1` and the small Studio page. */
  fetch(request: Request, peerAddress: string | null): Promise<Response>;
  close(): Promise<void>;
}

/**
 * Opens the services over a database.
 *
 * @param options Database, keys and where mails and bytes go.
 * @returns The services, not yet initialised.
 */
export function openSupabase(options: SupabaseOptions): Supabase {
  const { auth, storage } = options.config;
  const connection = createPostgresConnection({
    url: options.databaseUrl,
    postgresOptions: { onnotice: () => {}, types: { jsonb: JSON_AS_GIVEN } },
  });
  // Told that nothing is prepared yet, the driver would grant every right on every table to anon
  // and authenticated at its first request; bootstrap.sql and the migrations are the authority.
  Object.assign(connection, { rlsState: "active" });
  const app = new App({
    connection,
    auth: {
      enabled: true,
      jwt_secret: options.secrets.jwtSecret,
      jwt_expiry: auth.jwt_expiry,
      publishable_key: options.secrets.publishableKey,
      secret_key: options.secrets.secretKey,
      site_url: options.siteUrl,
      additional_redirect_urls: auth.additional_redirect_urls,
      minimum_password_length: auth.minimum_password_length,
      enable_signup: auth.enable_signup,
      email: {
        enable_signup: auth.email.enable_signup,
        enable_confirmations: auth.email.enable_confirmations,
        double_confirm_changes: auth.email.double_confirm_changes,
        otp_expiry: auth.email.otp_expiry,
        template: SPEAKING_TEMPLATES,
      },
    },
    storage: { enabled: true, file_size_limit: storage.file_size_limit },
    options: {
      drivers: { email: { send: (mail: AuthMail) => options.sendMail(mail) } },
    },
  });
  app._storageAdapter = storageFiles(options.filesDir);
  return {
    ensureSchemas: () => app.ensureSystemSchema(),
    async init() {
      await app.init();
    },
    async fetch(request, peerAddress) {
      const refusal = await refuseSigned(request, options.secrets.jwtSecret);
      if (refusal !== null) return refusal;
      const service = () => Promise.resolve(app.fetch(request, { peerAddress }));
      const answer = await withSignedUrl(request, await rememberRedirect(request, service));
      return withRange(request, answer);
    },
    close: () => connection.close(),
  };
}

/**
 * An answer to a request for a signed address with the field that hosted Supabase gives and
 * supabase-js reads: `url` for an upload, `signedURL` for a download. This implementation calls both
 * `signedUrl` and puts the service's own path in front.
 *
 * @param request What was asked.
 * @param response What the service answered.
 * @returns The answer to pass on.
 */
export async function withSignedUrl(request: Request, response: Response): Promise<Response> {
  const kind = new URL(request.url).pathname.match(
    /^\/storage\/v1\/object\/(upload\/)?sign\/[^/]+\/./,
  );
  if (request.method !== "POST" || !response.ok || kind === null) return response;
  const answer = await response.json() as { readonly signedUrl?: string };
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  const path = answer.signedUrl?.replace(/^\/storage\/v1/, "");
  const named = kind[1] === undefined ? { signedURL: path } : { url: path };
  return Response.json({ ...answer, ...named }, { status: response.status, headers });
}
