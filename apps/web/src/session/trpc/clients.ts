"use client";

import { QueryClient } from "@tanstack/react-query";
import { isTerminal } from "@watchword/auth/client";
import { createClient } from "./create-client.ts";

interface Clients {
  queryClient: QueryClient;
  client: ReturnType<typeof createClient>;
}

let ofThisTab: Clients | undefined;

/**
 * One cache for a tab, and on the server one for each render. State alone would not keep it: React throws away the state of
 * what suspends before it was ever shown, and with a new cache everything is asked for again.
 */
export function clientsOfTab(): Clients {
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
