"use client";

import { type DehydratedState, HydrationBoundary, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import type { AppRouter } from "@watchword/api";
import { isTerminal } from "@watchword/auth/client";
import { type ReactNode, useState } from "react";
import { createClient } from "./create-client.ts";

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export { useTRPC, useTRPCClient };

interface TrpcProviderProps {
  children: ReactNode;
  /** What the server knew when it rendered the page: the cache begins with it, and nothing is asked for twice. */
  known: DehydratedState;
}

/** The typed client and its cache, for the pages of whoever is logged in. */
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

interface Clients {
  queryClient: QueryClient;
  client: ReturnType<typeof createClient>;
}

let ofThisTab: Clients | undefined;

/**
 * One cache for a tab, and on the server one for each render. State alone would not keep it: React throws away the state of
 * what suspends before it was ever shown, and with a new cache everything is asked for again.
 */
function clientsOfTab(): Clients {
  if (typeof window === "undefined") return createClients();
  ofThisTab ??= createClients();
  return ofThisTab;
}

function createClients(): Clients {
  return { queryClient: createQueryClient(), client: createClient() };
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 30_000, retry: (failures, error) => failures < 2 && !isTerminal(error) },
    },
  });
}
