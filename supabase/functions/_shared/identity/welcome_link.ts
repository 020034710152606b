/**
 * Where the link of a new member's welcome stands. `used`: there is a password, by whichever way.
 */
export type WelcomeLinkState = "open" | "used" | "expired" | "unknown";
