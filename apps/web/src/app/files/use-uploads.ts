"use client";

import { byteSize } from "@watchword/api/byte-size";
import { useCallback, useReducer, useRef } from "react";
import { uploadFile } from "../../session/trpc/upload.ts";
import { type UploadLimits, whyNotUploaded } from "./upload-failure.ts";

/** One file on its way. Those that have arrived are in the list below, and no longer here. */
export interface Upload {
  id: number;
  file: File;
  state: "waiting" | "sending" | "failed";
  /** From 0 to 1. */
  sent: number;
  /** What went wrong and what to do, when it failed. */
  problem?: string;
  /** Whether the same file may get through another time. */
  retryable: boolean;
}

type Change = { add: Upload[] } | { id: number; with: Partial<Upload> } | { drop: number };

interface UploadsOptions {
  limits: UploadLimits;
  /** Called when a file has arrived; awaited before the next one goes. */
  onArrived(file: File): Promise<unknown>;
}

/** Sends files one after the other: each gets the whole line, and the space that is left is known before the next. */
export function useUploads({ limits, onArrived }: UploadsOptions) {
  const [uploads, change] = useReducer(apply, []);
  const cancellers = useRef(new Map<number, AbortController>());
  const line = useRef<Promise<void>>(Promise.resolve());
  const latest = useRef({ limits, onArrived });
  latest.current = { limits, onArrived };

  const send = useCallback(async ({ id, file }: Upload) => {
    const canceller = cancellers.current.get(id);
    if (!canceller || canceller.signal.aborted) return;
    change({ id, with: { state: "sending" } });
    try {
      const onProgress = (sent: number) => change({ id, with: { sent } });
      await uploadFile(file, { onProgress, signal: canceller.signal });
      await latest.current.onArrived(file);
      change({ drop: id });
    } catch (error) {
      if (canceller.signal.aborted) return;
      const problem = whyNotUploaded(error, latest.current.limits);
      change({ id, with: { state: "failed", problem } });
    }
  }, []);

  const queue = useCallback(
    (upload: Upload) => {
      cancellers.current.set(upload.id, new AbortController());
      line.current = line.current.then(() => send(upload));
    },
    [send],
  );

  const add = useCallback(
    (files: readonly File[]) => {
      const added = files.map((file) => begin(file, latest.current.limits));
      change({ add: added });
      for (const upload of added) if (upload.state === "waiting") queue(upload);
    },
    [queue],
  );

  const retry = useCallback(
    (upload: Upload) => {
      change({ id: upload.id, with: { state: "waiting", sent: 0 } });
      queue(upload);
    },
    [queue],
  );

  const drop = useCallback((id: number) => {
    cancellers.current.get(id)?.abort();
    change({ drop: id });
  }, []);

  return { uploads, add, retry, drop };
}

let begun = 0;

/** A file that cannot be taken is rejected before a byte of it is sent. */
function begin(file: File, { maxFileBytes }: UploadLimits): Upload {
  begun += 1;
  const upload = { id: begun, file, sent: 0 };
  if (file.size <= maxFileBytes) return { ...upload, state: "waiting", retryable: true };
  const problem = `It is ${byteSize(file.size)}, and one file can be ${byteSize(maxFileBytes)} at most. Make it smaller, then choose it again.`;
  return { ...upload, state: "failed", problem, retryable: false };
}

function apply(uploads: Upload[], change: Change): Upload[] {
  if ("add" in change) return [...uploads, ...change.add];
  if ("drop" in change) return uploads.filter(({ id }) => id !== change.drop);
  return uploads.map((upload) => (upload.id === change.id ? { ...upload, ...change.with } : upload));
}
