import { AuthError } from "@watchword/auth/core";
import { createMemoryStore, createTestAuth, registerAda } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { healthOf } from "./health.ts";

it("says that it can serve, and nothing about keys: neither theirs nor those that it cannot open", async () => {
  const store = createMemoryStore();
  const [one, two] = [
    createTestAuth({ store }),
    createTestAuth({ store, secrets: ["o7Xk2-another-deploy-s-secret-5Vb"], seed: 2 }),
  ];
  expect(await healthOf(one.auth)).toEqual({ status: 200, body: { status: "ok" } });
  await registerAda(one.auth);
  await two.auth.keys.rotateIfDue();
  for (const { auth } of [one, two]) expect(await healthOf(auth)).toEqual({ status: 200, body: { status: "ok" } });
});

it("answers 503 while the database cannot be asked", async () => {
  const gone = () => Promise.reject(new AuthError("temporarily_unavailable"));
  const { auth } = createTestAuth({ store: { ...createMemoryStore(), keyRingVersion: gone } });
  expect(await healthOf(auth)).toEqual({ status: 503, body: { status: "unavailable" } });
});
