import { randomBytes } from "node:crypto";
import { browserCookies, type StorageState } from "./storage-state.ts";

export interface TestAccountOptions {
  /** The router's address, such as `http://localhost:3000/api/trpc`. */
  url: string;
  /** What the account's name begins with. Chance makes the rest of it, so that no two workers or runs meet. */
  name?: string;
  fetch?: (request: Request) => Promise<Response>;
}

export interface TestAccount {
  username: string;
  email: string;
  name: string;
  password: string;
  /**
   * A session of its own, as Playwright's `storageState`. Take a new one for each browser context that may live on while
   * another one starts.
   *
   * One for several contexts is borne for a while: those that refresh at the same time get the same successor. But a state
   * that was saved never changes, and a context that starts from it when others have refreshed twice brings a token that
   * was spent long ago, as a thief would. The session ends for all of them, as it should.
   */
  newSession(): Promise<StorageState>;
}

/**
 * Makes an account that no other worker uses, through the app's own registration: one for each worker of a parallel suite.
 *
 * @throws {Error} when the app refuses; it says what, and nothing of the password
 */
export async function createTestAccount(options: TestAccountOptions): Promise<TestAccount> {
  const { name = "worker" } = options;
  const tag = randomBytes(6).toString("hex");
  const account = {
    username: `${name}-${tag}`,
    email: `${name}.${tag}@example.com`,
    name,
    password: `${randomBytes(12).toString("hex")} quiet herons`,
  };
  await post(options, "auth.register", account);
  return {
    ...account,
    async newSession() {
      const { username: identifier, password } = account;
      const response = await post(options, "auth.login", { identifier, password, rememberMe: true });
      return { cookies: browserCookies(response.headers, options.url), origins: [] };
    },
  };
}

async function post({ url, fetch: send = fetch }: TestAccountOptions, path: string, input: object): Promise<Response> {
  const request = new Request(`${url.replace(/\/$/, "")}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": browserAgent },
    body: JSON.stringify(input),
  });
  const response = await send(request);
  if (!response.ok) throw new Error(`"${path}" was refused with ${response.status}: ${await response.text()}`);
  return response;
}

/** The names of the cookies depend on what the browser takes on localhost: those of Chromium and Firefox. */
const browserAgent = "Playwright Chrome/140.0";
