import { describe, expect, it } from "vitest";
import { createWire } from "../../../test/test-client.ts";
import { createTestApp, type TestApp } from "../test-app.ts";
import type { StorageState } from "./storage-state.ts";
import { createTestAccount } from "./test-account.ts";

const quarterOfAnHour = 15 * 60_000;

const open = (app: TestApp) => (name?: string) =>
  createTestAccount({ url: app.url, fetch: app.handler, ...(name && { name }) });

/** A browser context that begins with a saved state: a jar of its own, and nothing known of the others. */
function contextOf(app: TestApp, { cookies }: StorageState) {
  const wire = createWire(app, { cookies: true });
  for (const { name, value } of cookies) wire.cookies?.set(name, value);
  const call = async (path: string, method: "GET" | "POST") =>
    (await wire.fetch(`${app.url}/${path}`, { method, headers: { "content-type": "application/json" } })).status;
  return { refresh: () => call("auth.refresh", "POST"), me: () => call("auth.me", "GET") };
}

it("gives each worker an account of its own, and cookies that a browser takes", async () => {
  const app = createTestApp();
  const accounts = await Promise.all(["ada", "ada", undefined].map(open(app)));
  expect(new Set(accounts.map(({ username }) => username)).size).toBe(3);
  const { cookies, origins } = await (accounts[0] as (typeof accounts)[0]).newSession();
  expect(origins).toEqual([]);
  const common = { domain: "app.test", path: "/", secure: true, sameSite: "Lax", expires: expect.any(Number) };
  expect(cookies).toEqual([
    { ...common, name: "__Host-watchword.access", value: expect.stringMatching(/^ey/), httpOnly: true },
    { ...common, name: "__Host-watchword.refresh", value: expect.stringMatching(/^rt1\./), httpOnly: true },
    { ...common, name: "__Host-watchword.session", value: expect.stringMatching(/^.{16}\..{8}$/), httpOnly: false },
    { ...common, name: "__Host-watchword.step-up", value: expect.stringMatching(/^su1\./), httpOnly: true },
  ]);
  expect(cookies[0]?.expires).toBeGreaterThan(Date.now() / 1000);
});

it("reports what was rejected, and not the password", async () => {
  const app = createTestApp();
  await expect(open(app)("not a name!")).rejects.toThrow(/"auth.register" was refused with 4\d\d/);
  await expect(open(app)("not a name!")).rejects.not.toThrow(/quiet herons/);
});

describe("a parallel suite", () => {
  it("of 4 workers with 5 contexts each, all of which refresh 20 times at once, logs nobody out", async () => {
    const app = createTestApp();
    const accounts = await Promise.all(["a", "b", "c", "d"].map((name) => open(app)(`worker-${name}`)));
    const states = await Promise.all(
      accounts.flatMap((account) => Array.from({ length: 5 }, () => account.newSession())),
    );
    const contexts = states.map((state) => contextOf(app, state));
    for (let round = 0; round < 20; round += 1) {
      app.clock.advance(quarterOfAnHour);
      expect(new Set(await Promise.all(contexts.map(({ refresh }) => refresh())))).toEqual(new Set([200]));
      expect(new Set(await Promise.all(contexts.map(({ me }) => me())))).toEqual(new Set([200]));
    }
  });

  it("that shares one saved state goes on as long as its contexts refresh together, and ends with one that comes late", async () => {
    const app = createTestApp();
    const state = await (await open(app)()).newSession();
    const contexts = Array.from({ length: 4 }, () => contextOf(app, state));
    for (let round = 0; round < 3; round += 1) {
      app.clock.advance(quarterOfAnHour);
      expect(await Promise.all(contexts.map(({ refresh }) => refresh()))).toEqual([200, 200, 200, 200]);
    }
    expect(await contextOf(app, state).refresh()).toBe(401);
    expect(await contexts[0]?.me()).toBe(401);
  });
});
