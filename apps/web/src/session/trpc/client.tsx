"use client";

import { type DehydratedState, HydrationBoundary, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import type { AppRouter } from "@watchword/api";
import { type ReactNode, useState } from "react";
import { clientsOfTab } from "./clients.ts";

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export { useTRPC, useTRPCClient };

interface TrpcProviderProps {
  children: ReactNode;
  /** What the server knew when it rendered the page: the cache begins with it, and nothing is asked for twice. */
  known: DehydratedState;
}

/** The typed client and its cache, for the pages of a logged-in user. */
export function TrpcProvider({ children, known }: TrpcProviderProps) {
  const [{ queryClient, client }] = useState(clientsOfTab);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        <HydrationBoundary state={known}>{children}</HydrationBoundary>
      </TRPCProvider>
    </QueryClientProvider>
  );
}
