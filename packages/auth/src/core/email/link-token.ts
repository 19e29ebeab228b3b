import type { RandomBytes } from "../domain/clock.ts";
import type { AnyLinkKind, LinkEnds } from "../domain/model.ts";
import { hashSecret } from "../domain/secrets.ts";
import { type AuthSettings, clockToleranceSeconds } from "../domain/settings.ts";

/** What makes a link in a mail one of ours. Only the hash is kept; the secret stands in the mail and nowhere else. */
export interface EmailLinkSecret {
  /** 256 bits of randomness in base64url: 43 characters. */
  text: string;
  hash: Uint8Array;
}

const secretBytes = 32;
const shape = /^[A-Za-z0-9_-]{43}$/;

export function generateEmailLinkSecret(randomBytes: RandomBytes): EmailLinkSecret {
  const secret = randomBytes(secretBytes);
  return { text: Buffer.from(secret).toString("base64url"), hash: hashSecret(secret) };
}

/** The hash to look a link up by; undefined for what can be none of ours. Takes the one spelling that we make. */
export function hashEmailLinkToken(text: string): Uint8Array | undefined {
  if (!shape.test(text)) return undefined;
  const secret = Buffer.from(text, "base64url");
  return secret.toString("base64url") === text ? hashSecret(secret) : undefined;
}

type LinkSettings = Pick<
  AuthSettings,
  "resetLinkSeconds" | "verifyLinkSeconds" | "changeLinkSeconds" | "sessionsNotBefore"
>;

/** The life of a link, from when it is drawn. */
export function linkSecondsOf(kind: AnyLinkKind, settings: LinkSettings): number {
  return {
    verify_email: settings.verifyLinkSeconds,
    reset_password: settings.resetLinkSeconds,
    change_email: settings.changeLinkSeconds,
    register: settings.verifyLinkSeconds,
  }[kind];
}

/**
 * A link has its life before it, at most: one that ends later was drawn by a clock that was ahead by more than servers may
 * differ (fault case T07). And what was drawn before `sessionsNotBefore` is over as the sessions of that time are (D07).
 */
export function linkEnds(kind: AnyLinkKind, settings: LinkSettings, now: number): LinkEnds {
  const lifeMs = linkSecondsOf(kind, settings) * 1000;
  return {
    endsAfter: Math.max(now, settings.sessionsNotBefore + lifeMs - 1),
    endsBy: now + lifeMs + clockToleranceSeconds * 1000,
  };
}
