import type { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { toErrorPayload } from "../errors.ts";
import { challengeOf } from "./www-authenticate.ts";

/**
 * What a response with failed calls says in its headers.
 *
 * @param calls how many calls the request carries
 * @returns names and values in turn
 */
export function errorHeaders(errors: readonly TRPCError[], calls: number, stepUpMaxAgeSeconds: number): string[] {
  if (errors.length === 0) return [];
  // Only where every call was rejected: a batch that succeeded in part gets no challenge.
  return [...retryAfter(errors), ...(errors.length === calls ? challenge(errors, stepUpMaxAgeSeconds) : [])];
}

function challenge([error]: readonly TRPCError[], stepUpMaxAgeSeconds: number): string[] {
  if (!error) return [];
  const value = challengeOf(toErrorPayload(error), getHTTPStatusCodeFromError(error), stepUpMaxAgeSeconds);
  return value === undefined ? [] : ["www-authenticate", value];
}

function retryAfter(errors: readonly TRPCError[]): string[] {
  const waits = errors.flatMap((error) => toErrorPayload(error).retryAfterSeconds ?? []);
  return waits.length === 0 ? [] : ["retry-after", String(Math.ceil(Math.max(...waits)))];
}
