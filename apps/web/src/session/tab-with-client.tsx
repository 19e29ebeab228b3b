"use client";

import type { DehydratedState } from "@tanstack/react-query";
import { LoggedInTab, type LoggedInTabProps } from "./logged-in-tab.tsx";
import { TrpcProvider } from "./trpc/client.tsx";

export interface TabWithClientProps extends LoggedInTabProps {
  known: DehydratedState;
}

/** What watches over a page that needs no client of its own. */
export function TabWithClient({ known, ...tab }: TabWithClientProps) {
  return (
    <TrpcProvider known={known}>
      <LoggedInTab {...tab} />
    </TrpcProvider>
  );
}
