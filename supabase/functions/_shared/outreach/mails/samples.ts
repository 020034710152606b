/** Facts to look at each mail with, for the preview page and the tests. */
import type { Locale } from "@core/platform/i18n.ts";
import { type MailFacts, parseFacts } from "./facts.ts";
import type { MailTemplate } from "./templates.ts";

const CASE = {
  claimId: "00000000-0000-4000-8000-000000000042",
  claimNumber: "CLM-KS-2026-000042",
  title: "Wizz Air, W6 4271",
};

const PLAN = { planTier: "family", planName: "Asistenca+" } as const;
const MEMBERSHIP = { ...PLAN, periodEnd: "2027-03-01T09:30:00Z" };
const DUNNING = {
  ...PLAN,
  pastDueAt: "2026-11-09T08:12:00Z",
  graceEndsAt: "2026-11-23T08:12:00Z",
  amountCents: 3500,
  currency: "EUR",
};

const NAMES: Readonly<Record<Locale, string>> = {
  sq: "Arta Berisha",
  en: "Arta Berisha",
  mk: "Елена Стојановска",
  sr: "Milica Jovanović",
};

const NOTES: Readonly<Record<Locale, string>> = {
  sq:
    "Kartën e hipjes për fluturimin e datës 3 tetor.\nNëse nuk e keni më, mjafton konfirmimi i rezervimit.",
  en:
    "The boarding pass of the flight on 3 October.\nIf you no longer have it, the booking confirmation will do.",
  mk:
    "Бординг-картата за летот на 3 октомври.\nАко ја немате повеќе, доволна е потврдата за резервација.",
  sr: "Bording-karta za let 3. oktobra.\nAko je više nemate, dovoljna je potvrda rezervacije.",
};

/**
 * Facts of a mail as they could be.
 *
 * @param template Which mail.
 * @param locale In which language.
 * @param origin The site's address.
 */
export function sampleFacts(template: MailTemplate, locale: Locale, origin: string): MailFacts {
  const key = "c2FtcGxlLXNhbXBsZS1zYW1wbGUtc2FtcGxlLXNhbXA";
  const details: Readonly<Record<MailTemplate, object>> = {
    "dunning_day_0": DUNNING,
    "dunning_day_7": DUNNING,
    "dunning_final": DUNNING,
    "dunning_suspended": DUNNING,
    "dunning_recovered": MEMBERSHIP,
    "welcome": MEMBERSHIP,
    "member_welcome": { ...MEMBERSHIP, welcomeUrl: `${origin}/${locale}/welcome/${key}` },
    "onboarding_day_7": MEMBERSHIP,
    "checkin_day_14": MEMBERSHIP,
    "retention_day_30": MEMBERSHIP,
    "retention_day_60": MEMBERSHIP,
    "retention_day_90": MEMBERSHIP,
    "nps_v1": { surveyUrl: `${origin}/${locale}/nps/${key}` },
    "password_reset": {
      link: `${origin}/api/auth/reset-password/${key}`,
      expiresInMinutes: 60,
    },
    "password_changed": { changedAt: "2026-11-23T08:12:00Z" },
    "invitation": {
      role: "agent",
      inviterName: "Blerim Krasniqi",
      link: `${origin}/${locale}/invitation/${key}`,
      expiresAt: "2026-11-30T08:12:00Z",
    },
    "confirm_signup": { link: `${origin}/${locale}/confirm/signup/${key}` },
    "email_change": { link: `${origin}/${locale}/confirm/email/${key}` },
    "email_changed": { changedAt: "2026-11-23T08:12:00Z" },
    "export_ready": { expiresAt: "2026-11-30T08:12:00Z" },
    "deletion_requested": { dueAt: "2026-12-23T08:12:00Z" },
    "claim_submitted": CASE,
    "claim_status_changed": { ...CASE, status: "evaluation", note: null },
    "claim_message": CASE,
    "claim_document_requested": { ...CASE, note: NOTES[locale] },
  };
  const macedonian = locale === "mk";
  return parseFacts({
    template,
    locale,
    origin,
    tenant: macedonian ? TENANTS.mk : TENANTS.ks,
    person: { fullName: NAMES[locale], memberNumber: "MEM-2026-000005" },
    details: details[template],
  }, { unsubscribe: `${origin}/${locale}/unsubscribe/${key}` });
}

const TENANTS = {
  ks: {
    id: "ks",
    name: "Interdomestik Kosova",
    legalName: "Interdomestik KS LLC",
    supportEmail: "ndihma@ks.interdomestik.com",
    supportPhone: "+383 38 000 000",
    timeZone: "Europe/Belgrade",
  },
  mk: {
    id: "mk",
    name: "Interdomestik Makedonija",
    legalName: "Interdomestik MK DOOEL",
    supportEmail: "pomos@mk.interdomestik.com",
    supportPhone: "+389 2 000 0000",
    timeZone: "Europe/Skopje",
  },
} as const;
