import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { cameByProxy } from "../../server/forwarding.ts";
import { getServer, type KeptEmail } from "../../server/server.ts";
import { LocalTime } from "../../ui/local-time.tsx";
import { PageTitle } from "../../ui/page-title.tsx";
import { Page } from "../_shared/page.tsx";
import styles from "./outbox.module.css";

export const metadata: Metadata = { robots: { index: false } };

/**
 * The mails that would have been sent, on one's own machine. To everybody else there is nothing here; nor for a page of a
 * stranger's whose name was made to lead to this machine (DNS rebinding), nor for clients that come by a proxy or a tunnel.
 */
export default async function OutboxPage() {
  const { outbox, env } = getServer();
  const request = await headers();
  if (!outbox || request.get("host") !== new URL(env.appUrl).host || cameByProxy(request)) notFound();
  const mails = outbox.list();
  const now = new Date().toISOString();
  return (
    <Page>
      <PageTitle>Outbox</PageTitle>
      <h1>Outbox</h1>
      <p className="soft">
        Emails that were not sent, the newest first. They are kept in memory, on this machine only. Set SMTP_URL to send
        email.
      </p>
      {mails.length === 0 ? (
        <p>There are no emails yet.</p>
      ) : (
        <ol className={styles.mails}>{mails.map(lineOf(now))}</ol>
      )}
    </Page>
  );
}

function lineOf(now: string) {
  return ({ to, subject, text, sentAt }: KeptEmail, index: number) => (
    <li key={`${sentAt} ${index}`}>
      <h2>{subject}</h2>
      <p className="soft small">
        To <bdi>{to}</bdi>, <LocalTime at={sentAt} now={now} />
      </p>
      <p className={styles.text}>{text.split(/(https?:\/\/\S+)/).map(withLink)}</p>
    </li>
  );
}

function withLink(piece: string, index: number) {
  return index % 2 === 1 ? (
    <a key={piece} href={piece}>
      {piece}
    </a>
  ) : (
    piece
  );
}
