import { expect, it } from "vitest";
import { startBrowser } from "../../test/test-browser.ts";
import { startClient } from "../../test/test-client.ts";
import type { AuthStore } from "../core/ports/store.ts";
import { paperCode } from "../testing/paper-code.ts";
import { ada } from "../testing/test-auth.ts";
import { addTestCredential } from "../testing/test-credential.ts";

const second = 1000;
const options = { credentialKinds: [paperCode] };
const credentials = { identifier: ada.username, password: ada.password };
const answer = { method: "paper_code", response: "alpha" };

async function addPaperCode(store: AuthStore): Promise<void> {
  const userId = (await store.findCredentials({ usernameKey: "ada" }))?.user.id ?? "";
  await addTestCredential(store, { userId, kind: paperCode, data: '["alpha"]' });
}

it("a login that waits for its second factor changes no token of a client without cookies, until it is complete", async () => {
  const { app, client, session, store, first, ended, device, wire } = await startClient(options);
  await addPaperCode(app.store);
  const waiting = await client.auth.login.mutate({ ...credentials, delivery: "body" });
  if (waiting.status !== "second_factor_required") throw new Error(waiting.status);
  expect([await store.read(), await session.current(), await session.isDue()]).toEqual([
    first,
    first.accessToken,
    false,
  ]);
  expect((await client.auth.me.query()).user.username).toBe("ada");
  const { challenge } = waiting;
  const { accessToken = "", refreshToken = "" } = await client.auth.completeLogin.mutate({ ...answer, challenge });
  await store.write({ accessToken, refreshToken });
  device.pass(880 * second);
  expect(await session.isDue()).toBe(true);
  expect([wire.count("auth.refresh"), ended]).toEqual([0, []]);
});

it("the same in a browser: the session of before goes on, and the new one is known from its login on", async () => {
  const browser = await startBrowser(options);
  await addPaperCode(browser.app.store);
  const { client, session, ended } = browser.openTab();
  const before = await session.current();
  expect((await client.auth.login.mutate(credentials)).status).toBe("second_factor_required");
  expect(await session.current()).toBe(before);
  // Ten minutes is how long the challenge lives, and not the access token.
  browser.device.pass(600 * second);
  expect(await session.isDue()).toBe(false);
  expect((await client.auth.me.query()).session.amr).toEqual(["pwd"]);
  await client.auth.completeLogin.mutate(answer);
  expect((await client.auth.me.query()).session.amr).toEqual(["pwd", "otp", "mfa"]);
  expect(await session.current()).not.toBe(before);
  browser.device.pass(880 * second);
  expect(await session.isDue()).toBe(true);
  expect(ended).toEqual([]);
});

it("a wrong code ends nothing, and refreshes nothing", async () => {
  const { app, client, store, first, ended, wire } = await startClient(options);
  await addPaperCode(app.store);
  const waiting = await client.auth.login.mutate({ ...credentials, delivery: "body" });
  const challenge = "challenge" in waiting ? waiting.challenge : undefined;
  const wrong = client.auth.completeLogin.mutate({ ...answer, response: "wrong", challenge });
  await expect(wrong).rejects.toMatchObject({ data: { reason: "invalid_credentials" } });
  expect([await store.read(), wire.count("auth.refresh"), ended]).toEqual([first, 0, []]);
});
