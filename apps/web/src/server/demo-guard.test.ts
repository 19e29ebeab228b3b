import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ada, createTestAuth, fromTerminal } from "@watchword/auth/testing";
import { expect, it, onTestFinished } from "vitest";
import { guardDemo } from "./demo-guard.ts";

async function prepared({ local = true, printed = true } = {}) {
  const dataFolder = mkdtempSync(join(tmpdir(), "watchword-demo-"));
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }));
  if (printed) writeFileSync(join(dataFolder, "demo-account.json"), "{}");
  const test = createTestAuth();
  const account = { username: "demo", email: "demo@example.com", name: "Demo", password: ada.password };
  const issued = await test.auth.register({ ...account, ...fromTerminal });
  const state = { forwarded: false };
  const auth = guardDemo(test.auth, { local, dataFolder }, () => state.forwarded);
  const login = (identifier = "demo") => auth.login({ identifier, password: ada.password, ...fromTerminal });
  return { ...test, auth, issued, state, login };
}

it("rejects the printed demo account in a forwarded request: its login, its refresh and its tokens, and keeps no session", async () => {
  const { auth, issued, state, login } = await prepared();
  await expect(login()).resolves.toBeDefined();
  state.forwarded = true;
  const { accessToken, refreshToken } = issued;
  await expect(login("Demo@Example.com")).rejects.toMatchObject({ reason: "forbidden" });
  await expect(auth.verify(accessToken)).rejects.toMatchObject({ reason: "forbidden" });
  const atOnce = async () => auth.verify.atOnce?.(accessToken);
  await expect(atOnce()).rejects.toMatchObject({ reason: "forbidden" });
  await expect(auth.refresh({ refreshToken, ...fromTerminal })).rejects.toMatchObject({ reason: "forbidden" });
  state.forwarded = false;
  await expect(auth.verify(accessToken)).resolves.toBeDefined();
  await expect(atOnce()).resolves.toBeDefined();
  await expect(auth.refresh({ refreshToken, ...fromTerminal })).resolves.toBeDefined();
});

it.each([
  ["on a public site, where none is printed", { local: false }],
  ["where somebody else has the name", { printed: false }],
])("leaves an account of that name alone %s", async (_, where) => {
  const { state, login } = await prepared(where);
  state.forwarded = true;
  await expect(login()).resolves.toBeDefined();
});
