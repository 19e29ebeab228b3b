import type { RandomBytes } from "./clock.ts";
import { hashSecret } from "./refresh-token.ts";

/** What a link in a mail is good for. */
export type MailLinkKind = (typeof mailLinkKinds)[number];
const mailLinkKinds = ["verify_email", "reset_password", "change_email"] as const;

/** What makes a link in a mail one of ours. Only the hash is kept; the secret stands in the mail and nowhere else. */
export interface MailLinkSecret {
  /** 256 bits of randomness in base64url: 43 characters. */
  text: string;
  hash: Uint8Array;
}

const secretBytes = 32;
const shape = /^[A-Za-z0-9_-]{43}$/;

export function makeMailLinkSecret(randomBytes: RandomBytes): MailLinkSecret {
  const secret = randomBytes(secretBytes);
  return { text: Buffer.from(secret).toString("base64url"), hash: hashSecret(secret) };
}

/** The hash to look a link up by; undefined for what can be none of ours. Takes the one spelling that we make. */
export function hashMailLinkText(text: string): Uint8Array | undefined {
  if (!shape.test(text)) return undefined;
  const secret = Buffer.from(text, "base64url");
  return secret.toString("base64url") === text ? hashSecret(secret) : undefined;
}

/** Whether a mail of this kind carries a link. */
export function isMailLinkKind(kind: string): kind is MailLinkKind {
  return (mailLinkKinds as readonly string[]).includes(kind);
}
