// Can the time of a request for a new password tell whether an address has an account? Asked for a known and an unknown address, in
// turns of random order within one run, and a rank test (Mann-Whitney) of the one against the other. Fault case P14.
import { startApp } from "./app.ts";
import { median, pOfRankTest } from "./rank-test.ts";

const rounds = 200;
const app = await startApp({
  BCRYPT_COST: "8",
  // At a limit no mail is written down: both have to stay below it.
  MAILS_PER_ADDRESS_PER_HOUR: "1000",
  LIMIT_MAIL_PER_ADDRESS: "100000/60",
});
await app.call("auth.register", {
  username: "known",
  email: "known@example.com",
  name: "Known",
  password: "a long enough password",
  delivery: "body",
});

const kinds = ["unknown", "known"] as const;
type Kind = (typeof kinds)[number];
const times: Record<Kind, number[]> = { unknown: [], known: [] };

async function askOnce(kind: Kind): Promise<number> {
  const begun = performance.now();
  const response = await fetch(`${app.url}/auth.requestPasswordReset`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: `${kind}@example.com` }),
  });
  await response.text();
  if (response.status !== 200) throw new Error(`${kind}: answered ${response.status}`);
  return performance.now() - begun;
}

for (let round = -20; round < rounds; round += 1) {
  for (const kind of kinds.toSorted(() => Math.random() - 0.5)) {
    const took = await askOnce(kind);
    if (round >= 0) times[kind].push(took); // the first 20 warm up
  }
}

for (const kind of kinds) console.log(`  ${kind.padEnd(9)} median ${median(times[kind]).toFixed(2)} ms`);
const p = pOfRankTest(times.unknown, times.known);
console.log(`  unknown or known: p = ${p.toFixed(3)} (${p > 0.05 ? "not told apart" : "told apart, by this run"})`);
await app.stop();
