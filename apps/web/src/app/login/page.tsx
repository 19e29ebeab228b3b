import type { Metadata } from "next";
import { BackForwardGuard } from "../../components/back-forward-guard.tsx";
import { Notice } from "../../components/notice.tsx";
import { Columns, Page } from "../../components/page.tsx";
import { withReturnTo } from "../../server/return-to.ts";
import { getServer } from "../../server/server.ts";
import { leaveWhenLoggedIn } from "./leave-when-logged-in.ts";
import styles from "./login.module.css";
import { LoginForm } from "./login-form.tsx";
import { readLoginParams, type SearchParams } from "./search-params.ts";
import { WhatLoginDoes } from "./what-login-does.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** Why somebody stands here who did not ask to. Said once, quietly: nothing has to be put right. */
const reasons: Readonly<Record<string, string>> = {
  logout: "You are logged out on this device.",
  expired: "Your login ran out. Log in again to go on where you were.",
  revoked: "You were logged out on this device from somewhere else, or because your password was changed.",
  reused:
    "You were logged out on this device because its key was used twice. If that was not you, change your password after you log in.",
};

export default async function LoginPage({ searchParams }: { searchParams: SearchParams }) {
  const { next, from } = await readLoginParams(searchParams);
  await leaveWhenLoggedIn(next);
  const { env } = getServer();
  const reason = from && Object.hasOwn(reasons, from) ? reasons[from] : undefined;

  return (
    <Page>
      <BackForwardGuard />
      <Columns aside={<WhatLoginDoes {...env} />}>
        <LoginForm
          next={next}
          registerHref={withReturnTo("/register", next)}
          forgotHref={withReturnTo("/forgot-password", next)}
        >
          {reason && <Notice>{reason}</Notice>}
        </LoginForm>
        {env.local && (
          <p className={`${styles.demo} soft small`}>
            To look around: the username is <code>demo</code>, its password stands in the terminal that started
            Watchword.
          </p>
        )}
      </Columns>
    </Page>
  );
}
