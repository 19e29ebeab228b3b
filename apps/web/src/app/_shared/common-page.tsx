import type { ReactNode } from "react";
import { type PageData, tabOf } from "../../server/page-data.ts";
import { TabLoadedLater } from "../../session/tab-loaded-later.tsx";
import { Page } from "./page.tsx";
import { UserMenu } from "./user-menu.tsx";

interface CommonPageProps {
  children: ReactNode;
  /** The logged-in user, or null for a visitor. */
  data: PageData | null;
  /** The menu of a visitor. */
  visitorMenu?: ReactNode;
}

/**
 * A page that visitors and logged-in users both see. Only the latter load the client and the watch on the session, so
 * nothing on the page may use the client.
 */
export function CommonPage({ children, data, visitorMenu }: CommonPageProps) {
  if (!data) return <Page menu={visitorMenu}>{children}</Page>;
  return (
    <>
      <Page menu={<UserMenu isAdmin={data.login.user.role === "admin"} />} fullMenu>
        {children}
      </Page>
      <TabLoadedLater known={data.known} {...tabOf(data)} />
    </>
  );
}
