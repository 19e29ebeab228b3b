import { createMemoryStore, createTestAuth, registerAda } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { createKeyWatch } from "./key-watch.ts";

it("warns once of keys that another process signs with and this one cannot open, and when it is over (K05)", async () => {
  const store = createMemoryStore();
  const other = ["o7Xk2-another-deploy-s-secret-5Vb"];
  const [one, two] = [createTestAuth({ store }), createTestAuth({ store, secrets: other, seed: 2 })];
  const warnings: Array<readonly string[]> = [];
  const check = createKeyWatch(one.auth, (kids) => void warnings.push(kids));
  await registerAda(one.auth);
  await check();
  expect(warnings).toEqual([]);
  await two.auth.keys.rotateIfDue();
  const { keys } = await two.auth.keys.list();
  for (let time = 0; time < 3; time += 1) await check();
  expect(warnings).toEqual([keys.map(({ kid }) => kid)]);
  await one.auth.keys.revokeAndReplace();
  await check();
  await check();
  expect(warnings.slice(1)).toEqual([[]]);
});
