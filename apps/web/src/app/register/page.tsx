import type { Metadata } from "next";
import { withReturnTo } from "../../server/return-to.ts";
import { getServer } from "../../server/server.ts";
import { BackForwardGuard } from "../../ui/back-forward-guard.tsx";
import { Columns } from "../../ui/layout.tsx";
import { Page } from "../_shared/page.tsx";
import { leaveWhenLoggedIn } from "../login/leave-when-logged-in.ts";
import { readLoginParams, type SearchParams } from "../login/search-params.ts";
import { NextSteps } from "./next-steps.tsx";
import { RegisterForm } from "./register-form.tsx";
import { RequestForm } from "./request-form.tsx";
import { WhatIsKept } from "./what-is-kept.tsx";

export const metadata: Metadata = { robots: { index: false } };

export default async function RegisterPage({ searchParams }: { searchParams: SearchParams }) {
  const { next } = await readLoginParams(searchParams);
  await leaveWhenLoggedIn(next);
  const { env } = getServer();
  const loginHref = withReturnTo("/login", next);
  return (
    <Page>
      <BackForwardGuard />
      {env.registration === "by_mail" ? (
        <Columns aside={<NextSteps {...env} />}>
          <RequestForm loginHref={loginHref} />
        </Columns>
      ) : (
        <Columns aside={<WhatIsKept {...env} />}>
          <RegisterForm
            next={next}
            loginHref={loginHref}
            forgotHref={withReturnTo("/forgot-password", next)}
            passwordMinLength={env.passwordMinLength}
          />
        </Columns>
      )}
    </Page>
  );
}
