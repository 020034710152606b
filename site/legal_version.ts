/**
 * When the words of the terms and the privacy notice last changed in meaning: the version that people
 * agree to who register.
 */
export const LEGAL_VERSION = "2026-11-23";
