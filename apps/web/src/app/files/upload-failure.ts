import { isTRPCClientError } from "@trpc/client";
import type { AppRouter } from "@watchword/api";
import { byteSize } from "@watchword/api/byte-size";

/** How much may still be uploaded. */
export interface Room {
  maxFileBytes: number;
  freeBytes: number;
}

/** Why a file did not arrive, and what to do next. */
export function whyNotUploaded(error: unknown, { maxFileBytes, freeBytes }: Room): string {
  const reason = isTRPCClientError<AppRouter>(error) ? error.data?.reason : undefined;
  switch (reason) {
    case "payload_too_large":
      return `One file can be ${byteSize(maxFileBytes)} at most. Make it smaller, then try again.`;
    case "quota_exceeded":
      return `There is ${freeBytes > 0 ? `room for ${byteSize(freeBytes)} only` : "no room left"}. Delete something, then try again.`;
    case "temporarily_unavailable":
      return "The server is busy. Nothing of it was kept; try again in a moment.";
    case undefined:
      return "The connection broke off. Nothing of it was kept; try again.";
    default:
      return `${error instanceof Error ? error.message : "It was refused"}.`;
  }
}
