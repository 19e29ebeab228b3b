import {
  createFakeDelay,
  createTestAuth,
  type FakeDelay,
  seededRandomBytes,
  type TestAuth,
  testIssuer,
} from "@watchword/auth/testing";
import { createFetchHandler, createTokenCookies, type FetchHandler } from "@watchword/auth/trpc";
import type { FilesOptions } from "../src/files.ts";
import { type AppRouter, createAppRouter } from "../src/root.ts";
import { createUploads } from "../src/uploads.ts";
import { createMemoryFileStore } from "./memory-file-store.ts";

/** The whole router behind its HTTP handler, on stores in memory. */
export interface TestApp extends TestAuth {
  options: FilesOptions;
  /** What renews the leases of uploads goes by it. */
  time: FakeDelay;
  router: AppRouter;
  handle: FetchHandler;
  /** Every error that was thrown and is no rejection. */
  reportedErrors: unknown[];
}

export function createTestApp(given: Pick<FilesOptions, "blobs"> & Partial<FilesOptions>): TestApp {
  const test = createTestAuth();
  const reportedErrors: unknown[] = [];
  const time = createFakeDelay(test.clock);
  const options: FilesOptions = {
    files: createMemoryFileStore(),
    clock: test.clock,
    randomBytes: seededRandomBytes(7),
    maxFileBytes: 1_000,
    quotaBytes: 1_000_000,
    uploads: createUploads(time),
    ...given,
  };
  const router = createAppRouter({ ...options, feed: { newest: async () => 0, changesAfter: async () => [] } });
  const handle = createFetchHandler({
    router,
    auth: test.auth,
    tokenCookies: createTokenCookies({ appUrl: testIssuer }),
    endpoint: "/api/trpc",
    appUrl: testIssuer,
    trustedProxyHops: 0,
    onError: ({ error }) => reportedErrors.push(error),
  });
  return { ...test, options, time, router, handle, reportedErrors };
}
