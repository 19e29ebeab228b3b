import { fileURLToPath } from "node:url";
import { heapOptions } from "../../heap-options.ts";
import type { HttpResponse } from "../load/connection.ts";
import { seedProduct } from "../product/seed.ts";
import {
  batchPath,
  type Call,
  type Client,
  cookieHeader,
  type Description,
  keepCookies,
  type Place,
} from "./description.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const endpoint = "/api/trpc";
const limit = "900000/60";

/** Every counter runs, with a limit that the bench does not reach. */
const raisedLimits = {
  LIMIT_LOGIN_PER_ACCOUNT_AND_ADDRESS: limit,
  LIMIT_LOGIN_PER_DEVICE: limit,
  LIMIT_LOGIN_PER_ACCOUNT: limit,
  LIMIT_LOGIN_PER_ADDRESS: limit,
};

const env = ({ port, folder }: Place) => ({
  ...raisedLimits,
  APP_URL: `http://localhost:${port}`,
  AUTH_SECRET: "a-secret-of-the-bench-alone-with-enough-octets",
  DATABASE_URL: `file:${folder}/app.db`,
  UPLOAD_DIR: `${folder}/uploads`,
  // A workload takes longer than the 15 minutes of the default.
  ACCESS_TOKEN_TTL_SECONDS: "86400",
  NEXT_TELEMETRY_DISABLED: "1",
});

function keepBody(client: Client, { body }: HttpResponse): void {
  const { result } = JSON.parse(body.toString()) as { result: { data: Pick<Client, "accessToken" | "refreshToken"> } };
  const { accessToken, refreshToken } = result.data;
  if (!accessToken || !refreshToken || refreshToken === client.refreshToken) throw new Error("There are no new tokens");
  client.accessToken = accessToken;
  client.refreshToken = refreshToken;
}

const expect = ({ email }: Client) => email;
const bearer = ({ accessToken }: Client) => ({ authorization: `Bearer ${accessToken}` });
const login = ({ email, password }: Client) => ({ identifier: email, password });

const me: Call = { method: "GET", path: `${endpoint}/auth.me`, headers: bearer, expect };
const batch: Call = { ...me, path: batchPath(endpoint, "auth.me"), times: 5 };
const callsByBearer = {
  me,
  batch,
  login: {
    method: "POST",
    path: `${endpoint}/auth.login`,
    body: (client) => JSON.stringify({ ...login(client), delivery: "body" }),
    expect: () => '"status":"complete"',
    keep: keepBody,
  },
  refresh: {
    method: "POST",
    path: `${endpoint}/auth.refresh`,
    body: ({ refreshToken }) => JSON.stringify({ refreshToken }),
    expect,
    keep: keepBody,
  },
} satisfies Description["calls"];

const callsByCookie = {
  me: { ...me, headers: cookieHeader },
  batch: { ...batch, headers: cookieHeader },
  login: {
    ...callsByBearer.login,
    headers: () => ({ "sec-fetch-site": "same-origin" }),
    body: (client) => JSON.stringify(login(client)),
    keep: keepCookies,
  },
  refresh: {
    ...callsByBearer.refresh,
    headers: (client) => ({ ...cookieHeader(client), "sec-fetch-site": "same-origin" }),
    body: () => "{}",
    keep: keepCookies,
  },
} satisfies Description["calls"];

/** A page of the login, and those of a user who is logged in. */
const pages: Record<string, Call> = {
  "/login": loginPage("/login"),
  // What is not the same for every visitor is rendered for each.
  "/login?next=…": loginPage("/login?next=%2Ffiles"),
  "/account": pageOfUser("/account"),
  "/account/security": pageOfUser("/account/security"),
  "/account/sessions": pageOfUser("/account/sessions"),
  "/account/activity": pageOfUser("/account/activity"),
};

function loginPage(path: string): Call {
  return { method: "GET", path, expect: () => "Username or email" };
}

function pageOfUser(path: string): Call {
  return { method: "GET", path, headers: cookieHeader, expect: () => 'aria-label="Account"' };
}

const asServed = {
  // As scripts/start.mjs starts it once it is built.
  program: [...heapOptions, "serve.mjs"],
  cwd: `${root}apps/web`,
  env: (place) => ({ ...env(place), LISTEN_ADDRESS: "127.0.0.1" }),
  envBehindProxy: { TRUSTED_PROXY_HOPS: "1" },
  seed: { run: seedProduct },
  readyPath: "/login",
} satisfies Partial<Description>;

export const productByBearer: Description = {
  ...asServed,
  name: "product-bearer",
  about: "this product as `npm start` serves it, tokens in the body",
  workloads: ["me", "batch", "refresh", "flood", "growth", "storm"],
  calls: callsByBearer,
};

export const productByCookie: Description = {
  ...asServed,
  name: "product-cookie",
  about: "the same, tokens in cookies",
  workloads: ["me", "batch", "refresh", "storm", "pages"],
  calls: { ...callsByCookie, pages },
};

export const productByFetch: Description = {
  ...asServed,
  name: "product-fetch",
  about: "the application's router through `createFetchHandler` alone, in a host that speaks web objects",
  // Bundled by scripts/prepare-peers.mjs.
  program: ["product-fetch.mjs"],
  cwd: `${root}packages/db/node_modules/.cache/bench-peers`,
  env: (place) => ({ ...env(place), PROJECT: root, FOLDER: place.folder }),
  readyPath: `${endpoint}/auth.me`,
  workloads: ["me", "batch"],
  calls: callsByBearer,
};
