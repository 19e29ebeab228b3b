import { createTestAuth, registerAda } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { operateRole } from "./role.ts";

it("makes somebody an administrator, by either of their names", async () => {
  for (const name of ["ADA", "ada@example.com"]) {
    const { auth } = createTestAuth();
    const { user } = await registerAda(auth);
    expect(await operateRole(auth, [name, "admin"])).toMatchObject({
      ok: true,
      text: expect.stringContaining("ada is now"),
    });
    expect((await auth.admin.findUser(user.id)).user.role).toBe("admin");
    expect(await operateRole(auth, [name, "admin"])).toMatchObject({ ok: true });
  }
});

it("leaves the last administrator what they are, and says so", async () => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  await operateRole(auth, ["ada", "admin"]);
  expect(await operateRole(auth, ["ada", "user"])).toEqual({
    ok: false,
    text: "This is the last administrator. Make another one first",
  });
});

it.each([
  [["nobody", "admin"], "Nobody here"],
  [["ada", "root"], "npm run role --"],
  [["ada"], "npm run role --"],
  [["ada", "admin", "now"], "npm run role --"],
  [[], "npm run role --"],
])("refuses %j, and says what is wrong", async (args, text) => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  expect(await operateRole(auth, args)).toMatchObject({ ok: false, text: expect.stringContaining(text) });
});
