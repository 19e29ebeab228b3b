import type { ManagedUserOutput } from "@watchword/auth/trpc";
import type { Metadata } from "next";
import { wholeDuration } from "../../format/duration.ts";
import { usersHref, usersQueryFrom } from "../../lists/users-query.ts";
import { requireAdmin } from "../../server/admin.ts";
import { getPageCaller } from "../../server/caller.ts";
import { pageData } from "../../server/page-data.ts";
import { withQuery } from "../../server/return-to.ts";
import { getServer } from "../../server/server.ts";
import formStyles from "../../ui/fields/form.module.css";
import { Notice } from "../_shared/notice.tsx";
import { PageLinks } from "../_shared/page-links.tsx";
import { UserPage } from "../_shared/user-page.tsx";
import type { SearchParams } from "../login/search-params.ts";
import styles from "./admin.module.css";
import { InviteForm } from "./invite-form.tsx";
import { State } from "./user-state.tsx";

export const metadata: Metadata = { robots: { index: false } };

interface Props {
  searchParams: SearchParams;
}

/** The people who have an account: found by the beginning of a name, one screen at a time. Works without any script. */
export default async function AdminPage({ searchParams }: Props) {
  const query = await searchParams;
  const login = await requireAdmin(withQuery("/admin", query));
  const asked = usersQueryFrom(query);
  const { text } = asked;
  const { users, nextCursor } = await (await getPageCaller()).admin.users(asked);
  const { env } = getServer();
  const sendsMail = env.mail !== undefined || env.local;
  return (
    <UserPage data={await pageData(login)} place="admin">
      <div className={styles.frame}>
        <div>
          <h1>People</h1>
          <search>
            <form className={styles.find} action="/admin">
              <label className={formStyles.label} htmlFor="find">
                Username or email, or how it begins
              </label>
              <div className={styles.bar}>
                <input
                  className={formStyles.input}
                  id="find"
                  name="find"
                  type="search"
                  defaultValue={text}
                  dir="auto"
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                />
                <button className="button" type="submit">
                  Find
                </button>
              </div>
            </form>
          </search>
          {users.length === 0 ? <Nobody text={text} /> : <People users={users} />}
          <PageLinks
            label="Pages of the people"
            first={asked.cursor === undefined ? undefined : { href: usersHref({ text }), text: "First page" }}
            next={
              nextCursor === null ? undefined : { href: usersHref({ text, cursor: nextCursor }), text: "Next page" }
            }
          />
        </div>
        <InviteForm linkLife={wholeDuration(env.invitationLinkSeconds)}>
          {!sendsMail && <Notice>This site cannot send email. Set SMTP_URL first.</Notice>}
        </InviteForm>
      </div>
    </UserPage>
  );
}

function Nobody({ text }: { text: string }) {
  return (
    <p className={styles.none} role="status">
      No username or email begins with “<bdi>{text}</bdi>”.
    </p>
  );
}

function People({ users }: { users: readonly ManagedUserOutput[] }) {
  return (
    <ul className={styles.list}>
      {users.map((user) => (
        <li key={user.id}>
          <a className={styles.person} href={`/admin/users/${user.id}`}>
            <bdi>{user.username}</bdi>
          </a>{" "}
          <State user={user} />
          <p className={styles.facts}>
            <bdi>{user.name}</bdi> · <bdi>{user.email}</bdi>
          </p>
        </li>
      ))}
    </ul>
  );
}
