import type { Operation } from "@trpc/client";
import type { ClientSession } from "./client-session.ts";
import type { RetryPlan } from "./operation.ts";
import { allResolutions, resolveRejection } from "./resolve-rejection.ts";

/** Queries and mutations: each resolution once, then the caller gets the error. */
export function createCallPlan(session: ClientSession, op: Operation): RetryPlan {
  const resolutions = allResolutions();
  return {
    op: () => op,
    recover: ({ error, tokenId }) => resolveRejection(session, { error, tokenId, resolutions }),
  };
}
