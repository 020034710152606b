import { NONCE } from "../render.ts";
import type { Middleware } from "../types.ts";

/** Options of {@linkcode csp}. */
export interface CSPOptions {
  /** Report what the policy would block, block nothing. */
  reportOnly?: boolean;
  /** URL that violations are reported to. */
  reportTo?: string;
  /** Directives, each replacing the default of its name. */
  csp?: string[];
  /** Allow inline scripts and styles by the nonce that rendering gives them. */
  useNonce?: boolean;
}

const DEFAULTS = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

/**
 * Set a Content-Security-Policy on every answer.
 *
 * With `useNonce`, an answer that was not rendered has no nonce, and nothing inline is allowed in it.
 *
 * @param options Changes to the default policy.
 */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, csp: own = [], useNonce = false } = options;
  const replaced = new Set(own.map(nameOf));
  const policy = [...DEFAULTS.filter((directive) => !replaced.has(nameOf(directive))), ...own];
  if (reportTo !== undefined) policy.push("report-to csp-endpoint", `report-uri ${reportTo}`);
  const header = `Content-Security-Policy${reportOnly ? "-Report-Only" : ""}`;
  const text = policy.join("; ");

  return async (ctx) => {
    const response = await ctx.next();
    const nonce = NONCE in response ? response[NONCE] : null;
    const inline = nonce === null ? "" : ` 'nonce-${nonce}'`;
    const value = useNonce ? text.replaceAll(" 'unsafe-inline'", inline) : text;
    response.headers.set(header, value);
    if (reportTo !== undefined) {
      response.headers.set("Reporting-Endpoints", `csp-endpoint="${reportTo}"`);
    }
    return response;
  };
}

function nameOf(directive: string): string {
  return directive.split(" ", 1)[0] ?? "";
}
