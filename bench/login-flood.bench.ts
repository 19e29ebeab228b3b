// Does a flood of logins slow down those who are logged in already? The 99th percentile of `auth.me`, idle and while 8
// connections log in without pause, in one run; and the server's peak memory under the flood.
import autocannon from "autocannon";
import { startApp } from "./app.ts";

const app = await startApp();
const account = { username: "bench", email: "bench@example.com", name: "Bench", password: "a long enough password" };
const seconds = 10;

interface Registered {
  accessToken: string;
}
const { accessToken } = await app.call<Registered>("auth.register", { ...account, delivery: "body" });

/** A steady 200 calls a second: what is asked is how long one waits, not how many fit. */
function measureMe() {
  return autocannon({
    url: `${app.url}/auth.me`,
    headers: { authorization: `Bearer ${accessToken}` },
    connections: 2,
    overallRate: 200,
    duration: seconds,
  });
}

function floodWithLogins() {
  return autocannon({
    url: `${app.url}/auth.login`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ identifier: account.username, password: account.password, delivery: "body" }),
    connections: 8,
    duration: seconds + 2,
    timeout: 60,
    workers: 1, // in a thread of its own, so that the flood's clients do not stand in the way of the measurement
  });
}

await measureMe(); // warm up
const idle = await measureMe();
const flood = floodWithLogins();
await new Promise((resolve) => setTimeout(resolve, 1_000));
const busy = await measureMe();
const logins = await flood;

const ratio = busy.latency.p99 / Math.max(idle.latency.p99, 1);
console.log(`  me, idle:              p50 ${idle.latency.p50} ms, p99 ${idle.latency.p99} ms (${idle["2xx"]} answers)`);
console.log(`  me, during the flood:  p50 ${busy.latency.p50} ms, p99 ${busy.latency.p99} ms (${busy["2xx"]} answers)`);
console.log(`  p99 during / idle:     ${ratio.toFixed(1)}x (goal: at most 3x)`);
console.log(`  logins answered:       ${logins["2xx"]} in ${seconds + 2} s, ${logins.non2xx} refused`);
console.log(`  peak memory:           ${app.peakMemoryMiB() ?? "unknown"} MiB`);
await app.stop();
