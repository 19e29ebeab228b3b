import { fileURLToPath } from "node:url";
import type { HttpResponse } from "../load/connection.ts";
import { batchPath, type Client, cookieHeader, type Description, keepCookies } from "./description.ts";

export const contestantsFolder = fileURLToPath(new URL("../contestants/", import.meta.url));

const expect = ({ email }: Client) => email;

function keepBody(client: Client, { body }: HttpResponse): void {
  const { accessToken, refreshToken } = JSON.parse(body.toString()) as Partial<Client>;
  if (!accessToken || !refreshToken) throw new Error("There are no new tokens");
  client.accessToken = accessToken;
  client.refreshToken = refreshToken;
}

export const tutorial: Description = {
  name: "tutorial",
  about: "Express, jsonwebtoken, bcryptjs and better-sqlite3, as tutorials put them together",
  program: ["tutorial.mjs"],
  seed: { program: ["tutorial.mjs", "--seed"] },
  cwd: contestantsFolder,
  readyPath: "/health",
  workloads: ["me", "refresh", "flood", "growth", "storm"],
  calls: {
    me: {
      method: "GET",
      path: "/me",
      headers: ({ accessToken }) => ({ authorization: `Bearer ${accessToken}` }),
      expect,
    },
    login: {
      method: "POST",
      path: "/login",
      body: ({ email, password }) => JSON.stringify({ email, password }),
      keep: keepBody,
    },
    refresh: {
      method: "POST",
      path: "/refresh",
      body: ({ refreshToken }) => JSON.stringify({ refreshToken }),
      keep: keepBody,
    },
  },
};

const meByCookie = { method: "GET", path: "/trpc/me", headers: cookieHeader, expect } as const;
const batchByCookie = { ...meByCookie, path: batchPath("/trpc", "me"), times: 5 };

export const betterAuth: Description = {
  name: "better-auth",
  about: "better-auth, asked by a tRPC context with `getSession`",
  program: ["better-auth.mjs"],
  seed: { program: ["better-auth.mjs", "--seed"] },
  cwd: contestantsFolder,
  readyPath: "/trpc/health",
  workloads: ["me", "batch", "refresh", "flood", "growth", "storm"],
  calls: {
    me: meByCookie,
    batch: batchByCookie,
    login: {
      method: "POST",
      path: "/api/auth/sign-in/email",
      body: ({ email, password }) => JSON.stringify({ email, password }),
      expect,
      keep: keepCookies,
    },
    // It moves the end of the session, and its token stays: a cookie of before is as good afterwards.
    refresh: {
      method: "GET",
      path: "/refresh/get-session?disableCookieCache=true",
      headers: cookieHeader,
      expect,
      keep: keepCookies,
    },
  },
};

export const betterAuthCached: Description = {
  ...betterAuth,
  name: "better-auth-cache",
  about: "the same with its cookie cache: for an hour, a session that has ended still counts",
  program: ["better-auth.mjs", "--cookie-cache"],
  workloads: ["me", "batch"],
};

export const authJs: Description = {
  name: "auth-js",
  about: "Auth.js with JWT sessions, asked by a tRPC context with the session action; nothing is stored",
  program: ["auth-js.mjs"],
  seed: { program: ["auth-js.mjs", "--seed"] },
  cwd: contestantsFolder,
  readyPath: "/trpc/health",
  workloads: ["me", "batch", "refresh", "flood", "storm"],
  calls: {
    me: meByCookie,
    batch: batchByCookie,
    login: {
      method: "POST",
      path: "/api/auth/callback/credentials",
      headers: () => ({ "content-type": "application/x-www-form-urlencoded", "x-auth-return-redirect": "1" }),
      body: ({ email, password }) => new URLSearchParams({ email, password }).toString(),
      keep: keepCookies,
    },
    refresh: { method: "GET", path: "/api/auth/session", headers: cookieHeader, expect, keep: keepCookies },
  },
};
