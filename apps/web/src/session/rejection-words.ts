"use client";

import { isTerminal, reasonOf } from "@watchword/auth/client";

/** Whose own sentence says more than a general one: what was wrong, or what helps. */
const spoken = ["rate_limited", "challenge_invalid", "temporarily_unavailable"];

/**
 * What a dialog says of a rejected credential.
 *
 * @param wrong the sentence for one that is not right
 */
export function rejectionWords(error: unknown, wrong: string): string {
  const reason = reasonOf(error);
  if (reason === "invalid_credentials") return wrong;
  if (reason === undefined) return "The server did not answer. Try again in a moment";
  const isSpoken = isTerminal(error) || spoken.includes(reason);
  return isSpoken && error instanceof Error ? error.message : "That did not work. Try again in a moment";
}
