"use client";

import { createTRPCClient, type HTTPLinkOptions, httpLink } from "@trpc/client";
import type { AppRouter } from "@watchword/api";
import { refreshLink } from "@watchword/auth/client";
import { routerUrl, session } from "./tab-session.ts";

type FetchEsque = NonNullable<HTTPLinkOptions<AppRouter["_def"]["_config"]["$types"]>["fetch"]>;

export interface UploadOptions {
  /** From 0 to 1. */
  onProgress(fraction: number): void;
  signal?: AbortSignal;
}

/**
 * Uploads a file, refreshing silently when it has to.
 *
 * @throws {TRPCClientError} with `data.reason` `payload_too_large` | `quota_exceeded` | `validation_failed`
 */
export function uploadFile(file: File, { onProgress, signal }: UploadOptions) {
  const client = createTRPCClient<AppRouter>({
    links: [
      refreshLink({ session }),
      httpLink({
        url: routerUrl,
        headers: { "x-file-name": encodeURIComponent(file.name), "x-file-type": file.type },
        fetch: fetchWithProgress(onProgress),
      }),
    ],
  });
  return client.files.upload.mutate(file, signal ? { signal } : {});
}

/** `fetch` cannot tell how much of a body has been sent; `XMLHttpRequest` can. */
function fetchWithProgress(onProgress: (fraction: number) => void): FetchEsque {
  return (url, init) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(init?.method ?? "POST", String(url));
      new Headers(init?.headers as HeadersInit).forEach((value, name) => {
        request.setRequestHeader(name, value);
      });
      request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
      request.onload = () => resolve(new Response(request.responseText, { status: request.status }));
      request.onerror = () => reject(new TypeError("The connection was lost"));
      request.onabort = () => reject(new DOMException("The upload was cancelled", "AbortError"));
      init?.signal?.addEventListener("abort", () => request.abort(), { once: true });
      request.send(init?.body as XMLHttpRequestBodyInit);
    });
}
