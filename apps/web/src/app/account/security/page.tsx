import type { Metadata } from "next";
import { wholeDuration } from "../../../format/duration.ts";
import { getPageCaller } from "../../../server/caller.ts";
import { requireLogin } from "../../../server/login.ts";
import { pageData, unlessBusy } from "../../../server/page-data.ts";
import { withQuery } from "../../../server/return-to.ts";
import { getServer } from "../../../server/server.ts";
import { LocalTime } from "../../../ui/local-time.tsx";
import type { SearchParams } from "../../login/search-params.ts";
import styles from "../account.module.css";
import { AccountPage } from "../account-page.tsx";
import { confirmHref } from "../confirm-paths.ts";
import { FactLine } from "../fact-line.tsx";
import { WaysIn } from "../ways-in.tsx";

export const metadata: Metadata = { robots: { index: false } };

/** How you log in, and when you are asked again. */
export default async function SecurityPage({ searchParams }: { searchParams: SearchParams }) {
  const { from, ...query } = await searchParams;
  const login = await requireLogin(withQuery("/account/security", query));
  const waysIn = await unlessBusy(async () => (await getPageCaller()).auth.credentials());
  const now = new Date().toISOString();
  return (
    <AccountPage data={await pageData(login)} name="Security" from={from}>
      <section className={styles.part} aria-labelledby="ways-in">
        <h2 id="ways-in">Ways in</h2>
        <WaysIn credentials={waysIn?.credentials} now={now} />
      </section>
      <section className={styles.part} aria-labelledby="password">
        <h2 id="password">Password</h2>
        <p>Changing it ends every other session. Each other device has to log in with the new password.</p>
        <p>
          <a className="reach" href="/account/password">
            Change your password
          </a>
        </p>
      </section>
      <Confirmation confirmedAt={login.session.authenticatedAt} now={now} />
    </AccountPage>
  );
}

/** What a step-up is, to its user. */
function Confirmation({ confirmedAt, now }: { confirmedAt: string; now: string }) {
  return (
    <section className={styles.part} aria-labelledby="confirmation">
      <h2 id="confirmation">Confirming that it is you</h2>
      <p>
        {`Your name, your address, your data and the deletion of your account ask for your password again when that was more than ${wholeDuration(getServer().env.stepUpMaxAgeSeconds)} ago. An open screen is not enough to change them.`}
      </p>
      <dl className={styles.log}>
        <FactLine term="Last confirmed">
          <LocalTime at={confirmedAt} now={now} />
          <p>
            <a href={confirmHref("/account/security?from=confirmed")}>Confirm it now</a>
          </p>
        </FactLine>
      </dl>
    </section>
  );
}
