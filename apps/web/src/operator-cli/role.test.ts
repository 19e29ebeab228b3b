import { createTestAuth, registerAda } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { runRoleCommand } from "./role.ts";

it("makes a user an administrator, by username or email address", async () => {
  for (const name of ["ADA", "ada@example.com"]) {
    const { auth } = createTestAuth();
    const { user } = await registerAda(auth);
    expect(await runRoleCommand(auth, [name, "admin"])).toMatchObject({
      ok: true,
      text: expect.stringContaining("ada now has"),
    });
    expect((await auth.admin.findUser(user.id)).user.role).toBe("admin");
    expect(await runRoleCommand(auth, [name, "admin"])).toMatchObject({ ok: true });
  }
});

it("leaves the last administrator what they are, and says so", async () => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  await runRoleCommand(auth, ["ada", "admin"]);
  expect(await runRoleCommand(auth, ["ada", "user"])).toEqual({
    ok: false,
    text: "This is the last administrator. Make another one first",
  });
});

it.each([
  [["nobody", "admin"], "No user has that"],
  [["ada", "root"], "npm run role --"],
  [["ada"], "npm run role --"],
  [["ada", "admin", "now"], "npm run role --"],
  [[], "npm run role --"],
])("refuses %j, and says what is wrong", async (args, text) => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  expect(await runRoleCommand(auth, args)).toMatchObject({ ok: false, text: expect.stringContaining(text) });
});
