import "server-only";
import { TRPCError } from "@trpc/server";
import type { AppCaller } from "@watchword/api";
import { AuthError } from "@watchword/auth/core";
import { type ErrorPayload, rejectCrossSite, toErrorPayload } from "@watchword/auth/trpc";
import { cache } from "react";
import { logError } from "./log.ts";
import { noteBegun } from "./page-source.ts";
import { requestContext, requestHeaders } from "./request.ts";
import { getServer } from "./server.ts";

/**
 * The router for server actions: the same procedures as at `/api/trpc`, behind the same rejection of other sites, and the
 * cookies they set are set on the action's answer.
 *
 * @throws {AuthError} `cross_site_request`
 */
export async function getCaller(): Promise<AppCaller> {
  const request = await requestHeaders();
  const { createCaller, env } = getServer();
  noteBegun();
  rejectCrossSite(request, env.appUrl);
  return createCaller(await requestContext(request));
}

/**
 * The router for server components, which read only. People may come to a page from anywhere. One for all of a page, so that who sends the
 * request is verified once.
 */
export const getPageCaller = cache(async (): Promise<AppCaller> => {
  return getServer().createCaller(await requestContext(await requestHeaders()));
});

/** What a page may show of an error that a caller threw. What is no rejection (a redirect, say) is thrown again. */
export function failureOf(error: unknown): ErrorPayload & { fields: Record<string, readonly string[]> } {
  const rejected = error instanceof AuthError ? new TRPCError({ code: error.code, cause: error }) : error;
  if (!isTrpcError(rejected)) throw error;
  const failure = toErrorPayload(rejected);
  if (failure.reason === "internal_error") logError("action", rejected);
  return { ...failure, fields: { ...failure.fieldErrors } };
}

/** By its name: the router may have been loaded with another copy of tRPC's class than this file was. */
function isTrpcError(error: unknown): error is TRPCError {
  return error instanceof Error && error.name === "TRPCError";
}
