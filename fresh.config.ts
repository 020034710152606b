/**
 * The site's own settings: what it offers, what it accepts and what it lets browsers do. Values that
 * differ between installations come from the environment instead (`@core/platform/env.ts`).
 *
 * Fresh 2 reads no configuration file; `main.ts` and the modules in `site/` read this one.
 *
 * @module
 */
import { PASSWORD_BOUNDS, PASSWORD_FIELD_MAX } from "@core/identity/password_rules.ts";
import { LOCALES } from "@core/platform/i18n.ts";

/** Sources that a Content-Security-Policy directive allows, by directive. */
export type Policy = Readonly<Record<string, readonly string[]>>;

/** The site's settings. Times are in milliseconds unless the name says otherwise. */
export const config = {
  /** Languages in the order in which they are offered; the first path segment of every page. */
  locales: LOCALES,

  /** How long the public facts of the tenants are kept before they are read again. */
  tenantsKeptFor: 60_000,

  session: {
    /** An access token with less than this left is refreshed before the page is made. */
    refreshBefore: 60_000,
    /** How long the outcome of a refresh is handed to requests that still carry the old token. */
    refreshKeptFor: 10_000,
  },

  /**
   * Least time that a refused sign-in takes: Auth refuses an address without an account sooner than
   * a wrong password, which would tell who is a member.
   */
  refusalTakes: 400,
  /**
   * Whoever is told to look into their mail is told after a multiple of this: Auth sends a mail to new
   * addresses only, and the time that takes would tell which are somebody's.
   */
  signUpTakes: 2_000,

  form: {
    /**
     * Largest form that is read, in bytes: a claim's 10,000 letters of any script, each up to 12 bytes
     * on the way, and some more, so that whoever writes too much is told how much it may be.
     */
    maxBytes: 160 * 1024,
    /** Bounds of a password. */
    password: PASSWORD_BOUNDS,
    /** Where a field for a password ends. */
    passwordFieldMax: PASSWORD_FIELD_MAX,
    /** Longest name that a profile holds, in characters. */
    nameMax: 120,
  },

  referral: {
    /** Cookie that remembers who recommended us. */
    cookie: "ref",
    /** How long, in days. */
    days: 30,
    /** What a referral code looks like. */
    pattern: /^[A-Za-z0-9_-]{1,32}$/,
  },

  checkout: {
    /** A second press on the same plan within this time leads to the same checkout. */
    sameFor: 20_000,
    /** First pause between two looks at a payment; each further one is half as long again. */
    pollEvery: 1_500,
    /** Longest pause between two looks. */
    pollAtMost: 8_000,
    /** A payment that takes longer than this to arrive gets a page that says so. */
    slowAfter: 45_000,
  },

  security: {
    /** What a rendered page may load. The nonce of each answer is added to scripts and styles. */
    page: {
      "default-src": ["'self'"],
      "script-src": ["'self'"],
      "style-src": ["'self'"],
      "img-src": ["'self'", "data:"],
      "font-src": ["'self'"],
      "connect-src": ["'self'"],
      "object-src": ["'none'"],
      "base-uri": ["'none'"],
      "form-action": ["'self'"],
      "frame-ancestors": ["'none'"],
    } satisfies Policy,
    /** Everything else: redirects, files, passed-on answers, errors without a page. */
    bare: {
      "default-src": ["'none'"],
      "base-uri": ["'none'"],
      "form-action": ["'none'"],
      "frame-ancestors": ["'none'"],
    } satisfies Policy,
    /**
     * Files that somebody uploaded: no script, no origin, nothing loaded. Browsers' own viewers of
     * pictures and recordings need the two sources.
     */
    file: {
      sandbox: [],
      "default-src": ["'none'"],
      "media-src": ["'self'"],
      "style-src": ["'unsafe-inline'"],
      "base-uri": ["'none'"],
      "form-action": ["'none'"],
      "frame-ancestors": ["'none'"],
    } satisfies Policy,
    /** What the page that opens Paddle's checkout may load besides. */
    paddleCheckout: {
      "script-src": ["https://cdn.paddle.com"],
      "style-src": ["https://cdn.paddle.com", "'unsafe-inline'"],
      "img-src": ["https://cdn.paddle.com"],
      "connect-src": ["https://cdn.paddle.com"],
      "frame-src": ["https://buy.paddle.com", "https://sandbox-buy.paddle.com"],
    } satisfies Policy,
    /** Browser features that no page needs. */
    permissions: [
      "accelerometer",
      "browsing-topics",
      "camera",
      "display-capture",
      "geolocation",
      "gyroscope",
      "magnetometer",
      "microphone",
      "midi",
      "payment",
      "publickey-credentials-get",
      "screen-wake-lock",
      "usb",
      "xr-spatial-tracking",
    ],
    /** How long browsers insist on https, in seconds: two years. */
    hstsSeconds: 63_072_000,
  },
} as const;
