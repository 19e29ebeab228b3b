import type { Metadata } from "next";
import { isDemoWelcome } from "../../boot/demo-welcome.ts";
import { wholeDuration } from "../../format/duration.ts";
import { sentenceOf } from "../../messages/session-end.ts";
import { withReturnTo } from "../../server/return-to.ts";
import { getServer } from "../../server/server.ts";
import { BackForwardGuard } from "../../ui/back-forward-guard.tsx";
import { Columns } from "../../ui/layout.tsx";
import { Notice } from "../_shared/notice.tsx";
import { Page } from "../_shared/page.tsx";
import { leaveWhenLoggedIn } from "./leave-when-logged-in.ts";
import styles from "./login.module.css";
import { LoginForm } from "./login-form.tsx";
import { readLoginParams, type SearchParams } from "./search-params.ts";
import { WhatLoginDoes } from "./what-login-does.tsx";

export const metadata: Metadata = { robots: { index: false } };

export default async function LoginPage({ searchParams }: { searchParams: SearchParams }) {
  const { next, from } = await readLoginParams(searchParams);
  await leaveWhenLoggedIn(next);
  const { env } = getServer();
  const reason = sentenceOf(from);

  return (
    <Page>
      <BackForwardGuard />
      <Columns aside={<WhatLoginDoes {...env} />}>
        <LoginForm
          next={next}
          registerHref={withReturnTo("/register", next)}
          forgotHref={withReturnTo("/forgot-password", next)}
          remembered={wholeDuration(env.refreshTokenTtlSeconds)}
          forgotten={wholeDuration(Math.min(env.browserSessionTtlSeconds, env.refreshTokenTtlSeconds))}
        >
          {reason && <Notice arrived>{reason}</Notice>}
        </LoginForm>
        {isDemoWelcome(env) && (
          <p className={`${styles.demo} soft small`}>
            Demo account: the username is <code>demo</code>. The password is in the terminal that started Watchword.
          </p>
        )}
      </Columns>
    </Page>
  );
}
