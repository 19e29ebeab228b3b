import { AuthError } from "@watchword/auth/core";
import { createMemoryStore, createTestAuth, registerAda } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { healthOf } from "./health.ts";

it("says which keys sign and verify", async () => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  const kid = expect.stringMatching(/^[\w-]{43}$/);
  expect(await healthOf(auth)).toEqual({
    status: 200,
    body: { status: "ok", signingKeys: [{ kid, state: "signing" }], unreadableKeys: [] },
  });
});

it("tells of keys that another process signs with and this one cannot open (K05)", async () => {
  const store = createMemoryStore();
  const [one, two] = [
    createTestAuth({ store }),
    createTestAuth({ store, secrets: ["o7Xk2-another-deploy-s-secret-5Vb"], seed: 2 }),
  ];
  await registerAda(one.auth);
  await two.auth.keys.turn();
  const [first, second] = [await healthOf(one.auth), await healthOf(two.auth)];
  expect([first, second].map(({ status, body }) => [status, body.status])).toEqual(Array(2).fill([200, "degraded"]));
  const kids = ({ body }: typeof first, what: "signing" | "unreadable") => {
    if (body.status === "unavailable") throw new Error("The store is there");
    return what === "signing" ? body.signingKeys.map((key) => key.kid) : body.unreadableKeys;
  };
  expect(kids(first, "unreadable")).toEqual(kids(second, "signing"));
  expect(kids(second, "unreadable")).toEqual(kids(first, "signing"));
});

it("answers 503 while the database cannot be asked", async () => {
  const gone = () => Promise.reject(new AuthError("temporarily_unavailable"));
  const { auth } = createTestAuth({ store: { ...createMemoryStore(), keyRingVersion: gone } });
  expect(await healthOf(auth)).toEqual({ status: 503, body: { status: "unavailable" } });
});
