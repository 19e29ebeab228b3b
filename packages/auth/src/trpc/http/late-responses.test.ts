import { describe, expect, it } from "vitest";
import { cookiesOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

const login = { identifier: ada.username, password: ada.password };

describe("a rejection clears no cookies, because it may come late", () => {
  it.each(["auth.refresh", "auth.me", "auth.sessions"])("%s", async (path) => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    await app.post("auth.logout", {}, { cookie });
    const call = path === "auth.refresh" ? app.post(path, {}, { cookie }) : app.get(path, undefined, { cookie });
    const reply = await call;
    expect([reply.status, reply.setCookies]).toEqual([401, []]);
  });
});

describe("auth.clearDeadCookies", () => {
  it.each(["a logout", "the end of the account", "a change of the password elsewhere", "its time", "nonsense"])(
    "clears what is dead after %s",
    async (what) => {
      const app = createTestApp();
      let cookie = await cookiesOfAda(app);
      if (what === "a logout") await app.post("auth.logout", {}, { cookie });
      if (what === "the end of the account") await app.post("auth.deleteAccount", {}, { cookie });
      if (what === "its time") app.clock.advance(90 * 86_400_000);
      if (what === "nonsense") cookie = "__Host-watchword.refresh=x; __Host-watchword.session=a.b";
      if (what === "a change of the password elsewhere") {
        const elsewhere = (await app.post("auth.login", login)).cookie;
        const change = { currentPassword: ada.password, newPassword: "another correct horse" };
        await app.post("auth.changePassword", change, { cookie: elsewhere });
      }
      const reply = await app.post("auth.clearDeadCookies", {}, { cookie });
      expect(reply.body.result.data).toEqual({ cleared: true });
      expect(reply.setCookies.filter((one) => one.includes("Max-Age=0"))).toHaveLength(4);
    },
  );

  it("ends and clears nothing that is alive, whether its access token has run out or not", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    for (const seconds of [0, 3_600]) {
      app.clock.advance(seconds * 1000);
      const reply = await app.post("auth.clearDeadCookies", {}, { cookie });
      expect([reply.body.result.data, reply.setCookies]).toEqual([{ cleared: false }, []]);
    }
    expect((await app.post("auth.refresh", {}, { cookie })).status).toBe(200);
  });

  it("leaves cookies of two sessions alone where one of them lives, and spends no token that would end one", async () => {
    const app = createTestApp();
    const dead = await cookiesOfAda(app);
    await app.post("auth.logout", {}, { cookie: dead });
    const alive = (await app.post("auth.login", login)).cookie;
    const both = await app.post("auth.clearDeadCookies", {}, { cookie: `${dead}; ${alive}` });
    expect(both.body.result.data).toEqual({ cleared: false });
    const spent = alive;
    let jar = alive;
    for (let count = 0; count < 2; count += 1) jar = (await app.post("auth.refresh", {}, { cookie: jar })).cookie;
    expect((await app.post("auth.clearDeadCookies", {}, { cookie: spent })).body.result.data).toEqual({
      cleared: false,
    });
    expect((await app.post("auth.refresh", {}, { cookie: jar })).status).toBe(200);
  });
});
