import type { Metadata } from "next";
import { sessionsQueryFrom } from "../../../lists/sessions-query.ts";
import { deviceName } from "../../../messages/device-name.ts";
import { loginMethods } from "../../../messages/login-methods.ts";
import { type CurrentLogin, requireLogin } from "../../../server/login.ts";
import { pageData } from "../../../server/page-data.ts";
import { withQuery } from "../../../server/return-to.ts";
import { LogoutButton } from "../../_shared/logout-button.tsx";
import type { SearchParams } from "../../login/search-params.ts";
import styles from "../account.module.css";
import { AccountPage } from "../account-page.tsx";
import { FactLine } from "../fact-line.tsx";
import { SessionSteps } from "../session-steps.tsx";
import { SessionList } from "./session-list.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** Where you are logged in: this session first, then the others. */
export default async function SessionsPage({ searchParams }: { searchParams: SearchParams }) {
  const { from, ...query } = await searchParams;
  const login = await requireLogin(withQuery("/account/sessions", query));
  const sessions = sessionsQueryFrom(query);
  const data = await pageData(login, { sessions });
  const now = new Date().toISOString();
  return (
    <AccountPage data={data} name="Sessions" from={from}>
      {sessions.cursor === undefined && <ThisSession login={login} now={now} />}
      <section className={styles.part} aria-labelledby="sessions">
        <h2 id="sessions">Your other sessions</h2>
        <SessionList now={now} query={sessions} />
        <p className="soft">Logging out everywhere ends this session too.</p>
        <LogoutButton className="button button-quiet" everywhere />
      </section>
    </AccountPage>
  );
}

function ThisSession({ login: { session }, now }: { login: CurrentLogin; now: string }) {
  return (
    <section className={styles.part} aria-labelledby="session">
      <h2 id="session">This session</h2>
      <dl className={styles.log}>
        <FactLine term="Device">
          <span>{deviceName(session.userAgent)}</span> <span className={styles.here}>this device</span>
        </FactLine>
        {session.ipAddress && (
          <FactLine term="From">
            <code>{session.ipAddress}</code>
          </FactLine>
        )}
        <FactLine term="Logged in with">{loginMethods(session.amr)}</FactLine>
        <FactLine term="Kept">
          {session.rememberMe ? "Also after the browser closes" : "Until the browser closes"}
        </FactLine>
        <FactLine term="Id">
          <code className={styles.id}>{session.id}</code>
        </FactLine>
      </dl>
      <SessionSteps session={session} now={now} />
      <LogoutButton className="button button-quiet" />
    </section>
  );
}
