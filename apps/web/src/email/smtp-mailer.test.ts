import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EmailMessage } from "@watchword/auth/core";
import { simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { expect, it, onTestFinished, vi } from "vitest";
import { logError } from "../server/log.ts";
import { createSmtpMailer } from "./smtp-mailer.ts";

const secret = "s".repeat(43);
const from = "Watchword <login@example.org>";
const appUrl = "https://login.example.org";
const message: EmailMessage = {
  kind: "reset_password",
  to: "ada@example.com",
  user: { username: "ada", emailVerifiedAt: 1 },
  link: secret,
  linkSeconds: 1_800,
  at: Date.UTC(2026, 10, 25, 14, 5),
  client: { userAgent: "curl/8.5.0", ipAddress: "198.51.100.4" },
};

interface Arrived {
  from: string;
  to: string[];
  raw: Buffer;
}

/** A real SMTP server on the loopback, and what it was given. */
async function startServer(options: SMTPServerOptions = {}) {
  const arrived: Arrived[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        arrived.push({
          from: mailFrom === false ? "" : (mailFrom?.address ?? ""),
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks),
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined); // connections that the test cuts off
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  return { arrived, port: typeof address === "object" && address ? address.port : 0 };
}

/** Something that listens, and is no SMTP server. */
async function startSocket(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

const mailerAt = (port: number, options: { timeoutMs?: number; sendWithinMs?: number; scheme?: string } = {}) =>
  createSmtpMailer({ smtpUrl: `${options.scheme ?? "smtp"}://127.0.0.1:${port}`, from, appUrl, ...options });

it("a mail arrives as it was written: one recipient, plain text and HTML, and marked as a machine's", async () => {
  const { arrived, port } = await startServer();
  expect(await mailerAt(port).send(message)).toBe("sent");
  expect(arrived).toMatchObject([{ from: "login@example.org", to: ["ada@example.com"] }]);
  const mail = await simpleParser(Readable.from(arrived[0]?.raw ?? Buffer.alloc(0)));
  expect(mail.subject).toBe("Set a new password");
  expect(mail.from?.text).toContain("login@example.org");
  expect(mail.text).toContain(`https://login.example.org/reset-password?link=${secret}`);
  expect(mail.html).toContain(`href="https://login.example.org/reset-password?link=${secret}"`);
  expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
});

it("an address cannot add a header or a second recipient", async () => {
  const { arrived, port } = await startServer();
  const outcome = await mailerAt(port)
    .send({ ...message, to: "ada@example.com\r\nBcc: eve@example.com, mallory@example.com" })
    .catch(() => "thrown");
  expect(["sent", "refused", "thrown"]).toContain(outcome);
  expect(arrived.flatMap(({ to }) => to)).not.toContain("eve@example.com");
  expect(arrived.flatMap(({ to }) => to)).not.toContain("mallory@example.com");
  expect(arrived.map(({ raw }) => raw.toString())).not.toContainEqual(expect.stringMatching(/^Bcc:/m));
});

it("what the server rejects for good is rejected; what it cannot do now is thrown, and waits", async () => {
  const refusing = (responseCode: number) =>
    startServer({ onRcptTo: (_address, _session, done) => done(Object.assign(new Error("No"), { responseCode })) });
  expect(await mailerAt((await refusing(550)).port).send(message)).toBe("refused");
  await expect(mailerAt((await refusing(451)).port).send(message)).rejects.toThrow();
});

it("a login that the server rejects is an error of the settings: the mail waits", async () => {
  const { port } = await startServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_a, _s, done) => done(new Error("No")),
  });
  const mailer = createSmtpMailer({ smtpUrl: `smtp://user:wrong@127.0.0.1:${port}`, from, appUrl });
  await expect(mailer.send(message)).rejects.toMatchObject({ code: "EAUTH" });
});

it("absent, silent, and cut off in the middle: each is thrown, and none waits for ever", async () => {
  const gone = await startSocket((socket) => socket.destroy());
  await expect(mailerAt(gone).send(message)).rejects.toThrow();
  const silent = await startSocket(() => undefined);
  await expect(mailerAt(silent, { timeoutMs: 50 }).send(message)).rejects.toMatchObject({ code: "ETIMEDOUT" });
  const inTheMiddle = await startSocket((socket) => {
    let isData = false;
    socket.write("220 a server that will not last\r\n");
    socket.on("data", (chunk) => {
      if (isData) return socket.destroy();
      isData = chunk.toString().startsWith("DATA");
      return socket.write(isData ? "354 Go on\r\n" : "250 Yes\r\n");
    });
  });
  await expect(mailerAt(inTheMiddle).send(message)).rejects.toThrow();
});

it("a server that is never silent and never done is left after a while, and its connection is closed", async () => {
  let left: (() => void) | undefined;
  const isLeft = new Promise<void>((resolve) => {
    left = resolve;
  });
  const port = await startSocket((socket) => {
    const drip = setInterval(() => socket.write("220-"), 10);
    socket.on("close", () => {
      clearInterval(drip);
      left?.();
    });
  });
  const sending = mailerAt(port, { timeoutMs: 5_000, sendWithinMs: 200 }).send(message);
  await expect(sending).rejects.toMatchObject({ code: "EABORT" });
  await isLeft;
});

it("outside the loopback nothing is said without TLS, and no certificate is taken unchecked", async () => {
  const { port, arrived } = await startServer();
  // The same server by a name that is not the loopback's as far as the settings can tell.
  const smtpUrl = `smtp://0.0.0.0:${port}`;
  await expect(createSmtpMailer({ smtpUrl, from, appUrl }).send(message)).rejects.toThrow();
  const secured = await startServer({ secure: true, disabledCommands: [] });
  await expect(mailerAt(secured.port, { scheme: "smtps" }).send(message)).rejects.toThrow();
  expect([...arrived, ...secured.arrived]).toEqual([]);
});

it("no line of the log holds the secret, the address or the password of the server", async () => {
  const lines: string[] = [];
  const written = vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  onTestFinished(() => written.mockRestore());
  const { port } = await startServer({
    onRcptTo: ({ address }, _session, done) =>
      done(Object.assign(new Error(`4.2.0 ${address}`), { responseCode: 451 })),
  });
  const smtpUrl = `smtp://user:the-password@127.0.0.1:${port}`;
  const sending = createSmtpMailer({ smtpUrl, from, appUrl }).send(message);
  await sending.catch((error: unknown) => logError("mail", error));
  await nextTurn(); // the lines of one turn are written together
  expect(lines).toHaveLength(1);
  expect(lines.join("")).not.toMatch(/ada@example|sssss|the-password/);
});
