// How much memory does the server need at once, and does it grow? First a minute with 1,000 open streams, 100 uploads, a flood of logins and
// pages all together; then ten minutes of pages with 200 streams and 20 uploads, and the memory after each of them.
import { Agent, type ClientRequest, request } from "node:http";
import autocannon from "autocannon";
import { startApp } from "./app.ts";
import { defaultHeapLimitMb } from "./heap-options.ts";

const users = 20;
const peak = { streams: 1_000, uploads: 100, logins: 16, pages: 8, seconds: 60 };
const soak = { streams: 200, uploads: 20, logins: 0, pages: 4, seconds: 600 };
const uploadBytes = 1_000_000;
const pages = ["/account", "/account/security", "/account/sessions", "/account/activity", "/files"];
const password = "a long enough password";

interface User {
  accessToken: string;
  cookie: string;
}

const app = await startApp(
  { BCRYPT_COST: "10", LIMIT_LOGIN_PER_ACCOUNT: "900000/60" },
  { nodeOptions: ["--trace-gc"] },
);
const site = new URL(app.url);
const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
const people: User[] = [];
for (let at = 0; at < users; at += 1) people.push(await register(`bench${at}`));

async function register(username: string): Promise<User> {
  const account = { username, email: `${username}@example.com`, name: "Bench", password };
  const { accessToken } = await app.call<{ accessToken: string }>("auth.register", { ...account, delivery: "body" });
  const answer = await fetch(`${app.url}/auth.login`, {
    method: "POST",
    headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
    body: JSON.stringify({ identifier: username, password }),
  });
  return {
    accessToken,
    cookie: answer.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; "),
  };
}

const userAt = (at: number): User => people[at % users] as User;

/** A stream of changes that stays open. */
function openStream(at: number): ClientRequest {
  const headers = { accept: "text/event-stream", authorization: `Bearer ${userAt(at).accessToken}` };
  const stream = request(`${app.url}/live.changes`, { headers, agent });
  stream.on("response", (response) => response.resume()).on("error", () => {});
  stream.end();
  return stream;
}

/** A file that is sent over two seconds, and deleted again. */
async function upload(at: number): Promise<void> {
  const headers = {
    authorization: `Bearer ${userAt(at).accessToken}`,
    "content-type": "application/octet-stream",
    "content-length": String(uploadBytes),
    "x-file-name": "bench.bin",
  };
  const text = await new Promise<string>((resolve, reject) => {
    const sending = request(`${app.url}/files.upload`, { method: "POST", headers, agent }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on("end", () => resolve(body));
    });
    sending.on("error", reject);
    const parts = 20;
    const sendPart = (left: number): void => {
      sending.write(Buffer.alloc(uploadBytes / parts));
      if (left === 1) sending.end();
      else setTimeout(sendPart, 100, left - 1);
    };
    sendPart(parts);
  });
  const { id } = (JSON.parse(text) as { result: { data: { id: string } } }).result.data;
  await fetch(`${app.url}/files.remove`, {
    method: "POST",
    headers: { authorization: headers.authorization, "content-type": "application/json" },
    body: JSON.stringify({ id }),
  });
}

async function until(end: number, work: () => Promise<void>): Promise<void> {
  while (performance.now() < end) await work();
}

const shoot = (options: autocannon.Options) => autocannon({ ...options, timeout: 30 });

/** All kinds of work at once. Returns how much of each was done. */
async function load({ streams, uploads, logins, pages: connections, seconds }: typeof peak): Promise<string> {
  const end = performance.now() + seconds * 1_000;
  const open = Array.from({ length: streams }, (_, at) => openStream(at));
  let sent = 0;
  const uploading = Array.from({ length: uploads }, (_, at) =>
    until(end, async () => {
      await upload(at);
      sent += 1;
    }),
  );
  const requests = pages.map((path) => ({ path }));
  const headers = { cookie: userAt(0).cookie };
  const rendering = shoot({ url: site.origin, connections, duration: seconds, requests, headers });
  const body = JSON.stringify({ identifier: "bench1", password: "a wrong password", delivery: "body" });
  const flood =
    logins === 0
      ? undefined
      : shoot({
          url: `${app.url}/auth.login`,
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
          connections: logins,
          duration: seconds,
        });
  await Promise.all(uploading);
  const done = await rendering;
  const failed = await flood;
  for (const stream of open) stream.destroy();
  const answered = failed ? `, ${failed.requests.total} logins` : "";
  return `${done["2xx"]} pages, ${done.non2xx} other answers, ${sent} uploads${answered}`;
}

const figures = () => `${app.memoryMiB()} MiB held, ${app.keptHeapMiB().toFixed(0)} MiB of objects after a collection`;
console.log(`  after the start: ${figures()}`);
console.log(`  ${JSON.stringify(peak)}: ${await load(peak)}`);
const most = app.keptHeapMiB();
console.log(`  most: ${app.peakMemoryMiB()} MiB held, ${most.toFixed(0)} MiB of objects after a collection`);
console.log(`  the limit of ${defaultHeapLimitMb} MiB is ${(defaultHeapLimitMb / most).toFixed(1)} times that`);
for (let minute = 1; minute <= soak.seconds / 60; minute += 1) {
  const done = await load({ ...soak, seconds: 60 });
  console.log(`  minute ${minute}: ${figures()}; ${done}`);
}
await app.stop();
process.exit(0);
