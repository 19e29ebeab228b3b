import { createTestAuth, registerAda } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { runKeysCommand } from "./keys.ts";

it("lists the keys: an id, a state and two instants in each line", async () => {
  const { auth } = createTestAuth();
  expect(await runKeysCommand(auth, ["list"])).toMatchObject({ ok: true, text: expect.stringContaining("no key yet") });
  await registerAda(auth);
  const { text } = await runKeysCommand(auth, ["list"]);
  expect(text).toMatch(/^[\w-]{43} {2}signing {4}\d{4}-\S+Z {2}\d{4}-\S+Z$/);
});

it("replaces them: one signs, the old one is revoked, and its tokens have run out", async () => {
  const { auth } = createTestAuth();
  const { accessToken } = await registerAda(auth);
  const { text } = await runKeysCommand(auth, ["replace"]);
  expect(text.split("\n").map((line) => line.split(/\s+/)[1])).toEqual(["revoked", "signing"]);
  await expect(auth.verify(accessToken)).rejects.toMatchObject({ reason: "access_token_expired" });
});

it("turns them only when it is due", async () => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  expect((await runKeysCommand(auth, ["turn"])).text.split("\n")).toHaveLength(1);
});

it.each([[[]], [["remove"]], [["replace", "now"]]])("explains itself when asked for %j", async (args) => {
  const { auth } = createTestAuth();
  expect(await runKeysCommand(auth, args)).toMatchObject({
    ok: false,
    text: expect.stringContaining("npm run keys --"),
  });
});
