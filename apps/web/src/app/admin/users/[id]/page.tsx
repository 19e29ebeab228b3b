import { AuthError } from "@watchword/auth/core";
import type { CredentialOutput, ManagedUserOutput, SessionsOutput } from "@watchword/auth/trpc";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { deviceName } from "../../../../messages/device-name.ts";
import { requireAdmin } from "../../../../server/admin.ts";
import { failureOf, getPageCaller } from "../../../../server/caller.ts";
import { pageData } from "../../../../server/page-data.ts";
import { withQuery } from "../../../../server/return-to.ts";
import { LocalTime } from "../../../../ui/local-time.tsx";
import { isolated, PageTitle } from "../../../../ui/page-title.tsx";
import { Notice } from "../../../_shared/notice.tsx";
import { UserPage } from "../../../_shared/user-page.tsx";
import account from "../../../account/account.module.css";
import { AuditLogLines } from "../../../account/audit-log-lines.tsx";
import list from "../../../account/sessions/session-list.module.css";
import { WaysIn } from "../../../account/ways-in.tsx";
import type { SearchParams } from "../../../login/search-params.ts";
import styles from "../../admin.module.css";
import { AdminAction } from "../../admin-action.tsx";
import { doneWordsOf } from "../../admin-actions.ts";
import { State } from "../../user-state.tsx";

export const metadata: Metadata = { robots: { index: false } };

interface Props {
  params: Promise<{ id: string }>;
  searchParams: SearchParams;
}

/** One person's account, for administrators: who, where they are logged in, what happened, and what can be done. */
export default async function ManagedUserPage({ params, searchParams }: Props) {
  const { id } = await params;
  const { from, ...query } = await searchParams;
  const login = await requireAdmin(withQuery(`/admin/users/${encodeURIComponent(id)}`, query));
  const cursor = Number(query.before) || null;
  const { user, sessions, credentials, history } = await ask(id, cursor);
  const now = new Date().toISOString();
  const done = doneWordsOf(from);
  return (
    <UserPage data={await pageData(login)} place="admin">
      <PageTitle>{isolated(user.username)}</PageTitle>
      <a className={styles.back} href="/admin">
        People
      </a>
      <div className={styles.frame}>
        <div>
          <h1>
            <bdi>{user.name}</bdi>
          </h1>
          {done && <Notice arrived>{done}</Notice>}
          <Person user={user} now={now} />
          <HowTheyLogIn user={user} credentials={credentials} now={now} />
          <Sessions user={user} sessions={sessions} now={now} />
          <Doing user={user} />
        </div>
        <section aria-labelledby="history">
          <h2 id="history">What happened here</h2>
          <AuditLogLines entries={history.entries} now={now} whose="theirs" />
          {history.nextCursor !== null && (
            <a className="button button-quiet" href={`/admin/users/${user.id}?before=${history.nextCursor}#history`}>
              Show older entries
            </a>
          )}
        </section>
      </div>
    </UserPage>
  );
}

async function ask(userId: string, cursor: number | null) {
  const caller = await getPageCaller();
  try {
    return { ...(await caller.admin.user({ userId })), history: await caller.admin.timeline({ userId, cursor }) };
  } catch (error) {
    const { reason } = failureOf(error);
    if (reason === "not_found" || reason === "validation_failed") notFound();
    throw new AuthError(reason);
  }
}

function Person({ user, now }: { user: ManagedUserOutput; now: string }) {
  return (
    <dl className={account.log}>
      <div>
        <dt>Username</dt>
        <dd>
          <bdi>{user.username}</bdi> <State user={user} />
        </dd>
      </div>
      <div>
        <dt>Email</dt>
        <dd>
          <bdi>{user.email}</bdi>
        </dd>
      </div>
      <div>
        <dt>Account since</dt>
        <dd>
          <LocalTime at={user.createdAt} now={now} />
        </dd>
      </div>
      {user.disabledAt && (
        <div>
          <dt>Disabled since</dt>
          <dd>
            <LocalTime at={user.disabledAt} now={now} />
          </dd>
        </div>
      )}
    </dl>
  );
}

interface HowTheyLogInProps {
  user: ManagedUserOutput;
  credentials: readonly CredentialOutput[];
  now: string;
}

function HowTheyLogIn({ user: { id: userId, disabledAt }, credentials, now }: HowTheyLogInProps) {
  const hasPassword = credentials.some(({ kind }) => kind === "password");
  return (
    <section className={account.part} aria-labelledby="ways-in">
      <h2 id="ways-in">Ways in</h2>
      {credentials.length > 0 && <WaysIn credentials={credentials} now={now} />}
      {!hasPassword && <p className="soft">Invited, has not chosen a password yet.</p>}
      {!hasPassword && disabledAt === null && (
        <div className={styles.again}>
          <AdminAction
            what={{ do: "sendInvitation", userId }}
            label="Send the invitation again"
            className="button button-quiet"
          />
        </div>
      )}
    </section>
  );
}

function Sessions({ user, sessions, now }: SessionsOutput & { user: ManagedUserOutput; now: string }) {
  return (
    <section className={account.part} aria-labelledby="sessions">
      <h2 id="sessions">Where they are logged in</h2>
      {sessions.length === 0 && <p className="soft">Nowhere.</p>}
      {sessions.length > 0 && (
        <ul className={list.list}>
          {sessions.map((session) => (
            <li key={session.id}>
              <div>
                <p className={list.device}>
                  <span>{deviceName(session.userAgent)}</span>{" "}
                  {session.current && <span className={list.here}>your session</span>}
                </p>
                <p className={list.facts}>
                  {session.ipAddress && <code>{`${session.ipAddress} · `}</code>}
                  <span>
                    last seen <LocalTime at={session.lastSeenAt} now={now} />, since{" "}
                    <LocalTime at={session.createdAt} now={now} />
                  </span>
                </p>
              </div>
              {!session.current && (
                <AdminAction
                  what={{ do: "endSession", userId: user.id, sessionId: session.id }}
                  label="End"
                  spoken={`End the session on ${deviceName(session.userAgent)}`}
                  className={list.end ?? ""}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What cannot be taken back with the same click is opened first, and says what will happen. */
function Doing({ user }: { user: ManagedUserOutput }) {
  const { id: userId, role, disabledAt } = user;
  if (disabledAt !== null) {
    return (
      <section className={account.part} aria-labelledby="doing">
        <h2 id="doing">What you can do</h2>
        <p className="soft">The user can log in again after that. Ended sessions stay ended.</p>
        <AdminAction what={{ do: "enable", userId }} label="Enable this account" className="button button-quiet" />
      </section>
    );
  }
  const other = role === "admin" ? "user" : "admin";
  return (
    <section className={account.part} aria-labelledby="doing">
      <h2 id="doing">What you can do</h2>
      <details className={styles.act}>
        <summary>End every session…</summary>
        <p className="soft">The user is logged out on every device within a second, and can log in again.</p>
        <AdminAction what={{ do: "endSessions", userId }} label="End every session" className="button button-quiet" />
      </details>
      <details className={styles.act} key={role /* closed again, once it is done */}>
        <summary>{role === "admin" ? "Remove administrator rights…" : "Make this user an administrator…"}</summary>
        <p className="soft">
          {role === "admin"
            ? "The user stays logged in. From the next request on, they see their own account only."
            : "The user can see and end the sessions of all users, disable accounts, and make other users administrators."}
        </p>
        <AdminAction
          what={{ do: "setRole", userId, role: other }}
          label={role === "admin" ? "Remove the rights" : "Make an administrator"}
          className="button button-quiet"
        />
      </details>
      <details className={styles.act}>
        <summary>Disable this account…</summary>
        <p className="soft">
          The user is logged out on every device within a second and cannot log in. No data is lost.
        </p>
        <AdminAction what={{ do: "disable", userId }} label="Disable this account" className="button button-danger" />
      </details>
    </section>
  );
}
