import { AsyncLocalStorage } from "node:async_hooks";
import type { RequestSource } from "@watchword/auth/trpc";

/** What our own server knows of a request that it has given to Next, and what is noted while Next answers it. */
export interface PageSource extends Partial<RequestSource> {
  /** Another site's form has been rejected and the page's policy is set: `proxy.ts` need not do either. */
  guarded: boolean;
  /** A proxy brought the request: a header says so. */
  forwarded: boolean;
  /** A page began to render, or an action called the router. What breaks before was sent in no form that could be read. */
  begun?: boolean;
  /** The length of the answer's body, where a route knows it: Next drops the header that would say so. */
  bodyBytes?: number;
  /** What broke, each error once. Undefined where the router answers, which reports its errors itself. */
  errors?: unknown[];
}

/** In a context of this process, and in no header: nothing that is sent from outside can pass for it. One for all copies of this file. */
export const pageSource: AsyncLocalStorage<PageSource> = shared();

function shared(): AsyncLocalStorage<PageSource> {
  const global = globalThis as { watchwordPageSource?: AsyncLocalStorage<PageSource> };
  global.watchwordPageSource ??= new AsyncLocalStorage();
  return global.watchwordPageSource;
}

/** Says that the request was read, and code of ours answers it from here on. */
export function noteBegun(): void {
  const source = pageSource.getStore();
  if (source) source.begun = true;
}

/** Has the answer say how long it is. */
export function noteLength(bytes: number): void {
  const source = pageSource.getStore();
  if (source) source.bodyBytes = bytes;
}

const mostErrors = 5;

/**
 * Keeps what broke with the request that is being answered, so that its answer and the log name the same error.
 *
 * @returns false where no request of our own server is being answered
 */
export function noteError(error: unknown): boolean {
  const source = pageSource.getStore();
  if (!source?.errors) return false;
  if (source.errors.length < mostErrors && !source.errors.includes(error)) source.errors.push(error);
  return true;
}
