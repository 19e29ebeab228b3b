import { afterAll, expect, it } from "vitest";
import { createFakeClock } from "../../../testing/fake-clock.ts";
import { aNewUser, aSession, seededRandomBytes } from "../../../testing/fixtures.ts";
import { createMemoryStore } from "../../../testing/memory-store/store.ts";
import { fromTerminal, reasonOf, testIssuer, testSecret } from "../../../testing/test-auth.ts";
import { createAuth } from "../../auth.ts";
import { createPasswordHasher } from "./bcrypt-hasher.ts";
import { type HashJob, startPasswordWorker } from "./worker-pool.ts";

const password = "a long enough sentence";
const jobs: HashJob[] = [];
const hasherOf = (cost: number) =>
  createPasswordHasher({
    cost,
    startWorker: () => {
      const worker = startPasswordWorker();
      const postMessage = worker.postMessage.bind(worker);
      worker.postMessage = (job: HashJob) => {
        jobs.push(job);
        postMessage(job);
      };
      return worker;
    },
  });
const hashers = { 4: hasherOf(4), 5: hasherOf(5), 6: hasherOf(6) };
afterAll(() => Promise.all(Object.values(hashers).map((hasher) => hasher.close())));

/** An installation whose setting is 4, and whose users are from before and after it was raised and lowered. */
async function start() {
  const store = createMemoryStore();
  const auth = createAuth({
    store,
    passwords: hashers[4],
    clock: createFakeClock(),
    randomBytes: seededRandomBytes(1),
    secrets: [testSecret],
    issuer: testIssuer,
  });
  const add = async (username: string, passwordHash: string | null, disabledAt: number | null = null) => {
    const user = { ...aNewUser(), username, usernameKey: username, passwordHash, disabledAt };
    await store.createAccount({ user, session: aSession({ userId: user.id }) });
    return user;
  };
  await add("lowest", await hashers[4].hash(password));
  await add("middle", await hashers[5].hash(password));
  await add("unusable", "no hash at all");
  await add("invited", null);
  await add("dearer-than-all", `$2b$31$${"a".repeat(53)}`);
  /** The work that a refused login of that name was, in rounds of bcrypt. */
  const workOf = async (identifier: string, typed = "not the password") => {
    jobs.splice(0);
    const result = await reasonOf(auth.login({ identifier, password: typed, ...fromTerminal }));
    return { result, jobs: jobs.map(({ salt, workCost }) => Math.max(workCost, Number(salt.slice(4, 6)))) };
  };
  return { store, add, workOf };
}

const names = ["lowest", "middle", "unusable", "invited", "dearer-than-all", "nobody", "nobody@example.com"];

it("a lowered cost orders the same work for a known name, whatever its hash, and for an unknown one (P07)", async () => {
  const { add, workOf } = await start();
  for (const name of names) expect(await workOf(name)).toEqual({ result: "invalid_credentials", jobs: [5] });
  await add("highest", await hashers[6].hash(password));
  await add("disabled", await hashers[4].hash(password), 1);
  for (const name of [...names, "highest", "disabled"]) {
    expect(await workOf(name)).toEqual({ result: "invalid_credentials", jobs: [6] });
  }
});

it("and a hash of a higher cost stays what it is when its owner logs in", async () => {
  const { add, store, workOf } = await start();
  const passwordHash = await hashers[6].hash(password);
  const user = await add("highest", passwordHash);
  expect(await workOf("highest", password)).toEqual({ result: "ok", jobs: [6] });
  expect((await store.findCredentialsById(user.id))?.passwordHash).toBe(passwordHash);
});
