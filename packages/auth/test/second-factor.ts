import { paperCode } from "../src/testing/paper-code.ts";
import { createTestApp, type Reply, type TestApp, type TestAppOptions } from "../src/testing/test-app.ts";
import { ada } from "../src/testing/test-auth.ts";
import { addTestCredential } from "../src/testing/test-credential.ts";
import { deviceKey, newDeviceKey, respond } from "./kinds/device-key.ts";

const credentialsOfAda = { identifier: ada.username, password: ada.password };
export const codes = ["alpha", "beta", "gamma", "delta"];

type Call = (path: string, input?: object) => Promise<Reply>;

/** What a client holds between the calls: cookies, or tokens in the body. */
export type Jar = CookieJar | BodyJar;

interface BaseJar {
  post: Call;
  get: Call;
  login(): Promise<Reply>;
  challenge(): string | undefined;
  /** A thief's, who has all but the step-up secret. */
  withoutStepUp(): Jar;
}

interface CookieJar extends BaseJar {
  delivery: "cookie";
  cookies: Map<string, string>;
}

interface BodyJar extends BaseJar {
  delivery: "body";
}

/** A browser: sends its cookies, and keeps those that it is sent. */
export function cookieJar(app: TestApp, cookies = new Map<string, string>()): CookieJar {
  const headers = () => ({ cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") });
  const keep = (reply: Reply) => {
    for (const cookie of reply.setCookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return reply;
  };
  const post: Call = async (path, input = {}) => keep(await app.post(path, input, headers()));
  return {
    delivery: "cookie",
    cookies,
    post,
    get: (path, input) => app.get(path, input, headers()),
    login: () => post("auth.login", credentialsOfAda),
    challenge: () => cookies.get("__Host-watchword.challenge"),
    withoutStepUp: () => cookieJar(app, new Map([...cookies].filter(([name]) => !name.includes("step-up")))),
  };
}

/** What a client without cookies sends along with a call. */
const sentAlong: Partial<Record<string, string>> = {
  "auth.beginSecondFactor": "challenge",
  "auth.changePassword": "refreshToken",
  "auth.completeLogin": "challenge",
  "auth.confirm": "challenge",
  "auth.refresh": "refreshToken",
};

/** A client without cookies: keeps the tokens that the bodies bring. */
export function bodyJar(app: TestApp, kept: Record<string, unknown> = {}): BodyJar {
  const headers = () => ({
    ...(kept.accessToken ? { authorization: `Bearer ${String(kept.accessToken)}` } : {}),
    ...(kept.stepUpToken ? { "x-step-up": String(kept.stepUpToken) } : {}),
  });
  const post: Call = async (path, input = {}) => {
    const field = sentAlong[path];
    const reply = await app.post(path, field && kept[field] ? { [field]: kept[field], ...input } : input, headers());
    Object.assign(kept, reply.body.result?.data);
    return reply;
  };
  return {
    delivery: "body",
    post,
    get: (path, input) => app.get(path, input, headers()),
    login: () => post("auth.login", { ...credentialsOfAda, delivery: "body" }),
    challenge: () => kept.challenge as string | undefined,
    withoutStepUp: () => bodyJar(app, { ...kept, stepUpToken: undefined }),
  };
}

export const reasonIn = ({ body }: Reply) => body.error?.data.reason ?? "ok";

/** Ada's account, with a device key, and codes on paper where they are asked for. */
export async function startSecondFactor(options: TestAppOptions & { codes?: boolean } = {}) {
  const app = createTestApp({ credentialKinds: [deviceKey, paperCode], ...options });
  const { body } = await app.post("auth.register", { ...ada, delivery: "body" });
  const { user, refreshToken } = body.result.data as never as { user: { id: string }; refreshToken: string };
  const { key, data } = newDeviceKey();
  const credentialId = await addTestCredential(app.store, { userId: user.id, kind: deviceKey, data });
  if (options.codes)
    await addTestCredential(app.store, { userId: user.id, kind: paperCode, data: JSON.stringify(codes) });
  app.events.length = 0;

  /** What the device responds to what the server draws for it. */
  const responseTo = async (jar: Jar, path: "auth.beginSecondFactor" | "auth.beginStepUp") => {
    const { body: begun } = await jar.post(path, { method: "device_key" });
    const { nonce } = begun.result.data.options as { nonce: string };
    return respond(key, nonce);
  };
  const complete = async (jar: Jar) =>
    jar.post("auth.completeLogin", {
      method: "device_key",
      response: await responseTo(jar, "auth.beginSecondFactor"),
    });
  const confirm = async (jar: Jar) =>
    jar.post("auth.confirm", { method: "device_key", response: await responseTo(jar, "auth.beginStepUp") });
  const loggedIn = async (jar: Jar) => {
    await jar.login();
    await complete(jar);
    return jar;
  };
  return { app, userId: user.id, refreshToken, key, credentialId, responseTo, complete, confirm, loggedIn };
}
