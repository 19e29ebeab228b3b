import type { Metadata } from "next";
import { getServer } from "../../../server/server.ts";
import { BackForwardGuard } from "../../../ui/back-forward-guard.tsx";
import { DeadLink } from "../../../ui/dead-link.tsx";
import { Columns } from "../../../ui/layout.tsx";
import { Page } from "../../_shared/page.tsx";
import type { SearchParams } from "../../login/search-params.ts";
import { WhatIsKept } from "../what-is-kept.tsx";
import { FinishForm } from "./finish-form.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** Looks at the link and consumes nothing: mail scanners follow links before people do. The form's POST does. */
export default async function FinishPage({ searchParams }: { searchParams: SearchParams }) {
  const { link } = await searchParams;
  const { auth, env } = getServer();
  const secret = typeof link === "string" ? link : "";
  const found = await auth.findRegistrationLinkEmail(secret);
  return (
    <Page>
      <BackForwardGuard />
      {found ? (
        <Columns aside={<WhatIsKept {...env} />}>
          <FinishForm link={secret} email={found.email} passwordMinLength={env.passwordMinLength} />
        </Columns>
      ) : (
        <DeadLink again={{ href: "/register", label: "Ask for a new link" }} />
      )}
    </Page>
  );
}
