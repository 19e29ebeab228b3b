import type { RandomBytes } from "../domain/clock.ts";
import { AuthError } from "../domain/errors.ts";
import type { AnyLinkKind, LinkEnds } from "../domain/model.ts";
import { hashSecret } from "../domain/secrets.ts";
import { type AuthSettings, clockToleranceSeconds } from "../domain/settings.ts";

/** The secret of a link in an email. The store keeps only the hash; the secret stands only in the email. */
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

/** The hash to find a link by; undefined for a malformed secret. Accepts only the canonical base64url spelling. */
export function hashEmailLinkToken(text: string): Uint8Array | undefined {
  if (!shape.test(text)) return undefined;
  const secret = Buffer.from(text, "base64url");
  return secret.toString("base64url") === text ? hashSecret(secret) : undefined;
}

/** @throws {AuthError} `mail_link_invalid` */
export function requireLinkHash(text: string): Uint8Array {
  const hash = hashEmailLinkToken(text);
  if (!hash) throw new AuthError("mail_link_invalid");
  return hash;
}

type LinkSettings = Pick<
  AuthSettings,
  "resetLinkSeconds" | "verifyLinkSeconds" | "changeLinkSeconds" | "invitationLinkSeconds" | "sessionsNotBefore"
>;

/** The life of a link, from when its secret is generated. */
export function linkSecondsOf(kind: AnyLinkKind, settings: LinkSettings): number {
  return {
    verify_email: settings.verifyLinkSeconds,
    reset_password: settings.resetLinkSeconds,
    change_email: settings.changeLinkSeconds,
    invitation: settings.invitationLinkSeconds,
    register: settings.verifyLinkSeconds,
  }[kind];
}

/**
 * A valid link ends at most its whole life from now: one that ends later was made by a clock that was ahead by more than the
 * clocks of servers may differ (fault case T07). A link from before `sessionsNotBefore` is as invalid as the sessions of that
 * time (D07).
 */
export function linkEnds(kind: AnyLinkKind, settings: LinkSettings, now: number): LinkEnds {
  const lifeMs = linkSecondsOf(kind, settings) * 1000;
  return {
    endsAfter: Math.max(now, settings.sessionsNotBefore + lifeMs - 1),
    endsBy: now + lifeMs + clockToleranceSeconds * 1000,
  };
}

/** What the store finds a valid link by. */
export function linkQuery(
  kind: AnyLinkKind,
  secretHash: Uint8Array,
  settings: LinkSettings,
  now: number,
): LinkEnds & { secretHash: Uint8Array } {
  return { secretHash, ...linkEnds(kind, settings, now) };
}
