import { AuthError } from "@watchword/auth/core";

/** For bytes that stopped coming. A connection that was cut can also look like a short file to whatever lies between. */
export function brokenOff(cause?: unknown): AuthError {
  return new AuthError("validation_failed", { message: "The upload broke off. Nothing was kept", cause });
}
