/**
 * What every request of the site knows, and the typed `define` functions of Fresh.
 *
 * @module
 */
import type { Transaction, Work } from "@core/platform/database.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { Session } from "@core/identity/session.ts";
import type { TenantFacts } from "@core/identity/tenants.ts";
import { createDefine } from "fresh";
import type { Policy } from "./fresh.config.ts";
import type { SiteServices } from "./site/services.ts";
import type { Stop } from "./site/switches.ts";
import type { Viewer } from "./site/viewer.ts";

/** What middlewares put together for the handlers and pages of one request. */
export interface State {
  /** Names this request in the log and on error pages. */
  requestId: string;
  /** Everything outside of the site that it talks to. */
  services: SiteServices;
  /** `Set-Cookie` values that the answer will carry, error pages included. */
  cookies: string[];
  /** Where the site is reached: what links that leave it, such as those in mails, begin with. */
  origin: string;
  /** What this page may load beyond the site's policy, by directive. */
  policy: Policy;
  /** The tenant whose site this is: the signed-in person's own, else the host's. */
  tenant: TenantFacts;
  /** Language of the page, the first segment of its path. */
  locale: Locale;
  /** The words and formats of that language. */
  i18n: I18n;
  /** Who is signed in, as the verified token says. */
  session: Session | null;
  /** That token, for calls in the person's name. */
  accessToken: string | null;
  /** The signed-in person's profile. */
  viewer: Viewer | null;
  /** How many notifications they have not read, for the bell. */
  unread: number;
  /** The switch that keeps this request from being answered. */
  stop: Stop | null;
  /** One transaction in the name of whoever asks: the signed-in person, else a visitor. */
  db: <T>(work: Work<T>) => Promise<T>;
}

export type { Transaction };

/** Typed helpers for handlers, pages, layouts and middlewares. */
export const define = createDefine<State>();
