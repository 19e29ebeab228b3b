import { expect, it } from "vitest";
import { aNewUser, aSession } from "../fixtures.ts";
import { describeStoreContract } from "../store-contract/index.ts";
import { createMemoryStore } from "./store.ts";

describeStoreContract("createMemoryStore()", async () => ({
  store: createMemoryStore(),
  close: async () => undefined,
}));

it("createMemoryStore() pauses before and after each method, and has done nothing before the first pause", async () => {
  const moments: string[] = [];
  const user = aNewUser();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const store = createMemoryStore({
    pause: async (method, moment) => {
      moments.push(`${method} ${moment}`);
      if (method === "createAccount" && moment === "before") await held;
    },
  });
  const created = store.createAccount({ user, session: aSession({ userId: user.id }) });
  expect(await store.findCredentialsById(user.id)).toBeUndefined();
  release();
  expect(await created).toBe("created");
  expect(moments).toEqual([
    "createAccount before",
    "findCredentialsById before",
    "findCredentialsById after",
    "createAccount after",
  ]);
});
