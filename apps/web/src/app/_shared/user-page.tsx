import type { ReactNode } from "react";
import { type PageData, tabOf } from "../../server/page-data.ts";
import { LoggedInTab } from "../../session/logged-in-tab.tsx";
import { TrpcProvider } from "../../session/trpc/client.tsx";
import { Page } from "./page.tsx";
import { type Place, UserMenu } from "./user-menu.tsx";

interface UserPageProps {
  children: ReactNode;
  /** The logged-in user, and what the page shows of theirs. */
  data: PageData;
  place?: Place;
}

/** A page of a logged-in user, and what it needs in the browser: the typed client, its cache, and the watch on the session. */
export function UserPage({ children, data, place }: UserPageProps) {
  return (
    <TrpcProvider known={data.known}>
      <Page menu={<UserMenu place={place} isAdmin={data.login.user.role === "admin"} />} fullMenu>
        {children}
      </Page>
      <LoggedInTab {...tabOf(data)} />
    </TrpcProvider>
  );
}
