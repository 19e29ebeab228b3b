// Does the server's memory grow? 100,000 requests: `auth.me` with ever new access tokens, refreshes, failed logins and pages, and the
// memory after each tenth of them. Fault case X03.
import autocannon from "autocannon";
import { startApp } from "./app.ts";

const tenths = 10;
const perTenth = 10_000;
const app = await startApp({ BCRYPT_COST: "4", LIMIT_LOGIN_PER_ACCOUNT: "900000/60" });
const account = { username: "bench", email: "bench@example.com", name: "Bench", password: "a long enough password" };
interface Tokens {
  accessToken: string;
  refreshToken: string;
}
let tokens = await app.call<Tokens>("auth.register", { ...account, delivery: "body" });
const site = new URL(app.url).origin;

async function shoot(options: Partial<autocannon.Options> & { url: string }, amount: number): Promise<void> {
  await autocannon({ connections: 4, amount, ...options });
}

const memories: number[] = [];
for (let tenth = 0; tenth < tenths; tenth += 1) {
  for (let n = 0; n < 200; n += 1) {
    tokens = await app.call<Tokens>("auth.refresh", { refreshToken: tokens.refreshToken });
    await fetch(`${app.url}/auth.me`, { headers: { authorization: `Bearer ${tokens.accessToken}` } });
  }
  const headers = { authorization: `Bearer ${tokens.accessToken}` };
  await shoot({ url: `${app.url}/auth.me`, headers }, perTenth - 1_400);
  const body = JSON.stringify({ identifier: `nobody${tenth}`, password: "wrong password", delivery: "body" });
  await shoot(
    { url: `${app.url}/auth.login`, method: "POST", headers: { "content-type": "application/json" }, body },
    600,
  );
  await shoot({ url: `${site}/login` }, 400);
  memories.push(app.memoryMiB() ?? Number.NaN);
  console.log(`  after ${((tenth + 1) * perTenth).toLocaleString("en")} requests: ${memories.at(-1)?.toFixed(0)} MiB`);
}
const [, , , third = Number.NaN] = memories;
console.log(`  the last is ${((memories.at(-1) ?? Number.NaN) / third).toFixed(2)}x of the fourth, when all is warm`);
await app.stop();
