import { isTRPCClientError } from "@trpc/client";
import type { AppRouter } from "@watchword/api";
import { byteSize } from "@watchword/api/byte-size";

/** How much may still be uploaded. */
export interface UploadLimits {
  maxFileBytes: number;
  freeBytes: number;
}

/** Why a file did not arrive, and what to do next. */
export function whyNotUploaded(error: unknown, { maxFileBytes, freeBytes }: UploadLimits): string {
  const reason = isTRPCClientError<AppRouter>(error) ? error.data?.reason : undefined;
  switch (reason) {
    case "payload_too_large":
      return `One file can be ${byteSize(maxFileBytes)} at most. Make it smaller, then try again.`;
    case "quota_exceeded":
      return `${freeBytes > 0 ? `Only ${byteSize(freeBytes)} is left` : "No space is left"}. Delete a file, then try again.`;
    case "temporarily_unavailable":
      return "The server is busy. The file was not stored. Try again in a moment.";
    case undefined:
      return "The connection was lost. The file was not stored. Try again.";
    default:
      return `${error instanceof Error ? error.message : "The server rejected the file"}.`;
  }
}
