"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpLink, splitLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import type { AppRouter } from "@watchword/api";
import { isTerminal, refreshLink } from "@watchword/auth/client";
import { type ReactNode, useState } from "react";
import { routerUrl, session } from "./session.ts";

const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

export { useTRPC };

/** The typed client and its cache, for the pages that load data by themselves. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [client] = useState(createClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

function createClient() {
  return createTRPCClient<AppRouter>({
    links: [
      refreshLink({ session }),
      splitLink({
        // Calls that set cookies go alone: a batch has one answer for all of them.
        condition: ({ path }) => path.startsWith("auth."),
        true: httpLink({ url: routerUrl }),
        false: httpBatchLink({ url: routerUrl, maxItems: 20 }),
      }),
    ],
  });
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 30_000, retry: (failures, error) => failures < 2 && !isTerminal(error) },
    },
  });
}
