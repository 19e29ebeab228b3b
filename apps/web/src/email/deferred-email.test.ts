import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ada, completed, createTestAuth, fromTerminal, loginAda, registerAda } from "@watchword/auth/testing";
import { createSqliteAuthStore, migrateSqlite, openSqlite } from "@watchword/db/sqlite";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { expect, it, onTestFinished } from "vitest";
import { createSmtpMailer } from "./smtp-mailer.ts";

const migrationsFolder = fileURLToPath(new URL("../../../../packages/db/migrations/sqlite", import.meta.url));
const theirs = "mallory@example.org";
const newPassword = "a wholly different sentence";
const linkIn = (text: string | undefined) => /\?link=([\w-]{43})/.exec(text ?? "")?.[1] ?? "";

/** The rules over a real database, and a real SMTP server on the loopback that answers 451 to whom it is told to. */
async function start() {
  const folder = mkdtempSync(join(tmpdir(), "watchword-mail-"));
  const connection = openSqlite({ file: join(folder, "watchword.db") });
  migrateSqlite(connection, { migrationsFolder });
  const busy = new Set<string>();
  const mails: Array<{ to: string[]; subject: string; text: string }> = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onRcptTo: ({ address }, _session, done) =>
      done(busy.has(address) ? Object.assign(new Error("4.2.0 Try again"), { responseCode: 451 }) : null),
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", async () => {
        const { subject, text } = await simpleParser(Buffer.concat(chunks));
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), subject: subject ?? "", text: text ?? "" });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  onTestFinished(async () => {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    connection.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const address = server.server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const mailer = createSmtpMailer({
    smtpUrl: `smtp://127.0.0.1:${port}`,
    from: "Watchword <login@example.org>",
    appUrl: "https://login.example.org",
  });
  const test = createTestAuth({ store: createSqliteAuthStore(connection) });
  /** Sends all that is due, once: what the server took. */
  const deliver = async () => {
    const end = new AbortController();
    await test.auth.deliverEmails({ mailer, delay: async () => end.abort() })(end.signal);
    return mails.splice(0);
  };
  return { ...test, busy, deliver };
}

it("a change of the address that the mail server put off is stopped by the reset that the warning promises to stop it (P13)", async () => {
  const { auth, clock, events, busy, deliver } = await start();
  await registerAda(auth);
  await deliver();
  busy.add(theirs);
  await auth.changeEmail({ principal: await loginAda(auth, fromTerminal), email: theirs });
  const warning = await deliver();
  expect(warning.flatMap(({ to }) => to)).toEqual([ada.email]);
  expect(events).toContainEqual({ type: "mail_settled", kind: "change_email", outcome: "put_off" });

  await auth.requestPasswordReset({ email: ada.email });
  const [reset] = await deliver();
  const link = linkIn(reset?.text);
  await auth.resetPassword({ link, newPassword });
  busy.clear();
  for (let hours = 0; hours < 6; hours += 1) {
    clock.advance(3_600_000);
    expect((await deliver()).filter(({ to }) => to.includes(theirs))).toEqual([]);
  }
  const { user } = await completed(auth.login({ ...fromTerminal, identifier: ada.email, password: newPassword }));
  expect(user).toMatchObject({ email: ada.email });
});

it("a notice that the mail server put off goes to the address of its cause, not to the next one", async () => {
  const { auth, clock, busy, deliver } = await start();
  await registerAda(auth);
  await deliver();
  const thief = await loginAda(auth, fromTerminal);
  busy.add(ada.email);
  await auth.changePassword({ principal: thief, currentPassword: ada.password, newPassword });
  const again = await completed(auth.login({ ...fromTerminal, identifier: "ada", password: newPassword }));
  await auth.changeEmail({ principal: again, email: theirs });
  const [change] = await deliver();
  expect(change?.to).toEqual([theirs]);
  const link = linkIn(change?.text);
  expect(await auth.verifyEmail({ link })).toEqual({ email: theirs, changed: true });
  busy.clear();
  clock.advance(60_000);
  const late = (await deliver()).filter(({ subject }) => subject === "Your password was changed");
  expect(late.map(({ to }) => to)).toEqual([[ada.email]]);
});
