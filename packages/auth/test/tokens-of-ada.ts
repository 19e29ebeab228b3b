import type { TestApp } from "../src/testing/test-app.ts";
import { ada } from "../src/testing/test-auth.ts";

/** Ada registers in a browser: her cookies. */
export async function cookiesOfAda(app: TestApp): Promise<string> {
  return (await app.post("auth.register", { ...ada })).cookie;
}

/** What a client without cookies sends along: its access token, and the step-up token of its login or its last step-up. */
export type TestBearer = { authorization: string; "x-step-up": string };

/** Ada registers in a terminal: her tokens. */
export async function tokensOfAda(
  app: TestApp,
): Promise<{ accessToken: string; refreshToken: string; stepUpToken: string; bearer: TestBearer }> {
  const { data } = (await app.post("auth.register", { ...ada, delivery: "body" })).body.result;
  const [accessToken, refreshToken, stepUpToken] = [data.accessToken, data.refreshToken, data.stepUpToken].map(String);
  if (!accessToken || !refreshToken || !stepUpToken) throw new Error("The answer held no tokens");
  const bearer = { authorization: `Bearer ${accessToken}`, "x-step-up": stepUpToken };
  return { accessToken, refreshToken, stepUpToken, bearer };
}
