import { expect, it } from "vitest";
import { tokensOfAda } from "../../test/tokens-of-ada.ts";
import { seededRandomBytes } from "../testing/fixtures.ts";
import { createTestApp } from "../testing/test-app.ts";
import { ada } from "../testing/test-auth.ts";

it("with no random bytes to be had, nothing is issued and nothing kept: 500, and all is well when there are again (X06)", async () => {
  const random = seededRandomBytes(7);
  let isDry = false;
  const app = createTestApp({
    randomBytes: (bytes) => {
      if (isDry) throw new Error("The system has no entropy");
      return random(bytes);
    },
  });
  const { refreshToken } = await tokensOfAda(app);
  const grace = { ...ada, username: "grace", email: "grace@example.com", delivery: "body" };
  const login = { identifier: "ada", password: ada.password, delivery: "body" };
  isDry = true;
  for (const [path, input] of [
    ["auth.register", grace],
    ["auth.login", login],
    ["auth.refresh", { refreshToken }],
  ] as const) {
    const reply = await app.post(path, input);
    expect([path, reply.status, reply.body.error.data.reason]).toEqual([path, 500, "internal_error"]);
    expect(reply.text).not.toMatch(/entropy|eyJ|rt1\.|su1\./);
    expect(reply.setCookies).toEqual([]);
  }
  isDry = false;
  const [session, ...others] = await app.auth.listSessions(
    (await app.store.findCredentials({ usernameKey: "ada" }))?.user.id ?? "",
  );
  expect([session?.generation, others]).toEqual([0, []]);
  expect((await app.post("auth.register", grace)).status).toBe(200); // the name was not taken by the first try
  expect((await app.post("auth.refresh", { refreshToken })).status).toBe(200);
});
