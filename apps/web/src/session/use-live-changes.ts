"use client";

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { followChanges } from "./follow-changes.ts";
import { useTRPC, useTRPCClient } from "./trpc/client.tsx";

/** Brings what this tab shows up to date whenever the server says that it changed. */
export function useLiveChanges({ since, paused }: { since: string | null; paused: boolean }): void {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();

  useEffect(() => {
    if (paused) return;
    const lists = {
      file: trpc.files.list.pathFilter(),
      session: trpc.auth.sessions.pathFilter(),
      auditLog: trpc.auth.timeline.pathFilter(),
    };
    return followChanges({
      client,
      since,
      onChange: (kind) => {
        if (!kind.startsWith("session")) invalidate(queries, lists.file);
        if (kind.startsWith("file")) return;
        invalidate(queries, lists.session);
        invalidate(queries, lists.auditLog);
      },
    });
  }, [client, queries, trpc, since, paused]);
}

function invalidate(queries: QueryClient, filter: Parameters<QueryClient["invalidateQueries"]>[0]): void {
  queries.invalidateQueries(filter);
}
