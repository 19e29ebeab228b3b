import type { Metadata } from "next";
import { wholeDuration } from "../../../format/duration.ts";
import { withReturnTo } from "../../../server/return-to.ts";
import { BackForwardGuard } from "../../../ui/back-forward-guard.tsx";
import { Columns } from "../../../ui/layout.tsx";
import { Notice } from "../../_shared/notice.tsx";
import { Page } from "../../_shared/page.tsx";
import { leaveWhenLoggedIn } from "../leave-when-logged-in.ts";
import { readLoginParams, type SearchParams } from "../search-params.ts";
import { pendingLogin } from "./pending-login.ts";
import { SecondFactorForm } from "./second-factor-form.tsx";
import { WhatTheCodeDoes } from "./what-the-code-does.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** The second half of a login, after the password. */
export default async function SecondFactorPage({ searchParams }: { searchParams: SearchParams }) {
  const { next } = await readLoginParams(searchParams);
  await leaveWhenLoggedIn(next);
  const { methods, expiresIn, outage } = await pendingLogin(next);
  return (
    <Page>
      <BackForwardGuard />
      <Columns aside={<WhatTheCodeDoes />}>
        <SecondFactorForm
          methods={methods}
          next={next}
          within={wholeMinutes(expiresIn)}
          startHref={withReturnTo("/login", next)}
        >
          {outage && <Notice arrived>{outage}</Notice>}
        </SecondFactorForm>
      </Columns>
    </Page>
  );
}

/** Rounded down, so that no user is promised a second too many. */
function wholeMinutes(seconds: number): string {
  return wholeDuration(seconds < 60 ? seconds : seconds - (seconds % 60));
}
