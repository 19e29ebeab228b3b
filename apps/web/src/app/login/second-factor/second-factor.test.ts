import { ada, addTestCredential, fromTerminal, testIssuer, testSecret } from "@watchword/auth/testing";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type FormState, newForm } from "../../../forms/form-state.ts";
import { provideTestServer } from "../../../server/testing/second-factor.ts";
import { methodsIn } from "../../account/confirm-paths.ts";
import { login } from "../actions.ts";
import { completeLogin } from "./actions.ts";
import { pendingLogin } from "./pending-login.ts";
import { SecondFactorForm } from "./second-factor-form.tsx";

/** What the browser sends and keeps: the cookies, and with a script the header of an action. */
let request: Headers;
const jar = new Map<string, string>();
vi.mock("next/headers", () => ({
  headers: async () => {
    const sent = new Headers(request);
    if (jar.size > 0) sent.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    return sent;
  },
  cookies: async () => ({
    set: (name: string, value: string) => (value === "" ? jar.delete(name) : jar.set(name, value)),
  }),
}));

const word = "ahoy";
const challenge = "__Host-watchword.challenge";

/** Ada's account, with these credentials beside the password. The server knows the two kinds of the tests, and no other. */
async function start(...kinds: string[]) {
  const { auth, clock, store } = provideTestServer();
  const { user } = await auth.register({ ...ada, ...fromTerminal });
  for (const kind of kinds)
    await addTestCredential(store, { userId: user.id, kind: { kind }, data: word, secret: testSecret });
  return { auth, clock };
}

beforeEach(() => {
  jar.clear();
  request = new Headers({ origin: testIssuer, "sec-fetch-site": "same-origin" });
});

const withScript = () => request.set("next-action", "x");

/** Where a form leads without a script, or the state that it comes back with. */
async function outcome<T>(work: Promise<T>): Promise<T | string> {
  try {
    return await work;
  } catch (error) {
    const [kind, , to = ""] = String((error as { digest?: unknown }).digest).split(";");
    if (kind !== "NEXT_REDIRECT") throw error;
    return to;
  }
}

function send(action: (before: FormState, form: FormData) => Promise<FormState>, typed: Record<string, string>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(typed)) form.set(name, value);
  return outcome(action(newForm, form));
}

const logIn = (next = "/files") =>
  send(login, { identifier: ada.username, password: ada.password, remember: "on", next });
const answer = (code: string, { method = "spoken_word", next = "/files" } = {}) =>
  send(completeLogin, { method, code, next });

describe("the login form of an account with a second factor", () => {
  it("leads to the page that asks for the code, with a challenge that no page holds", async () => {
    await start("spoken_word");
    expect(await logIn()).toBe("/login/second-factor?next=%2Ffiles");
    expect([...jar.keys()]).toEqual([challenge]);
  });

  it("with a script leads there too, and says that no login has begun", async () => {
    await start("spoken_word");
    withScript();
    const next = "/login/second-factor?next=%2Faccount";
    expect(await logIn("//evil.example")).toEqual({ status: "done", next, unfinished: true });
  });

  it("shows the sentence of the server where it does not know the kind, and leads nowhere", async () => {
    await start("of_tomorrow");
    expect(await logIn()).toMatchObject({
      status: "refused",
      problems: [{ message: expect.stringMatching(/a way to log in that the server does not know at the moment/) }],
    });
    // "Try again later" stands in it: no countdown of a second beneath.
    expect(await logIn()).not.toHaveProperty("waitSeconds");
    expect(jar.size).toBe(0);
  });

  it("speaks of a busy server where the server says no more than that", async () => {
    const { auth } = await start();
    const { AuthError } = await import("@watchword/auth/core");
    vi.spyOn(auth, "login").mockRejectedValue(new AuthError("temporarily_unavailable"));
    expect(await logIn()).toMatchObject({
      problems: [{ message: "The server is busy. Nothing was changed" }],
      waitSeconds: 1,
    });
  });
});

describe("the form for the code", () => {
  it("finishes the login, and leads to a page of this site", async () => {
    await start("spoken_word");
    await logIn();
    expect(await answer(word, { next: "/files?view=all" })).toBe("/files?view=all");
    expect(jar.has(challenge)).toBe(false);
    expect(jar.has("__Host-watchword.refresh")).toBe(true);
    jar.clear();
    await logIn();
    withScript();
    expect(await answer(word, { next: "https://evil.example" })).toEqual({ status: "done", next: "/account" });
  });

  it("says at the code that it is wrong, empties it, and keeps the method", async () => {
    await start("spoken_word", "device_key");
    await logIn();
    expect(await answer("wrong")).toEqual({
      status: "refused",
      problems: [{ field: "code", message: "That code is not right" }],
      typed: { method: "spoken_word" },
      emptied: ["code"],
    });
    expect(await answer(word)).toBe("/files");
  });

  it("asks the server for nothing where there is no code", async () => {
    await start("spoken_word");
    await logIn();
    for (let count = 0; count < 6; count += 1) {
      expect(await answer(" ")).toMatchObject({ problems: [{ field: "code", message: "Enter the code" }] });
    }
    expect(await answer(word)).toBe("/files");
  });

  it("does not take a text for a kind that drew something for a device, and takes no try", async () => {
    await start("spoken_word", "device_key");
    await logIn();
    for (let count = 0; count < 6; count += 1) {
      expect(await answer(word, { method: "device_key" })).toMatchObject({
        problems: [{ field: "code", message: "This page cannot ask for that yet (Device key). Choose another way" }],
      });
    }
    expect(await answer(word)).toBe("/files");
  });

  it.each(["a challenge that has expired", "no challenge", "five wrong codes"])(
    "leads back to the login with %s, which says why",
    async (why) => {
      const { clock } = await start("spoken_word");
      await logIn();
      if (why === "a challenge that has expired") clock.advance(600_000);
      if (why === "no challenge") jar.clear();
      for (let count = 0; why === "five wrong codes" && count < 5; count += 1) await answer("wrong");
      const next = "/login?next=%2Ffiles&from=unfinished";
      expect(await answer(word)).toBe(next);
      withScript();
      expect(await answer(word)).toEqual({ status: "done", next, unfinished: true });
    },
  );
});

describe("the page between the two forms", () => {
  it("offers the methods, and says how long they are taken", async () => {
    const { clock } = await start("spoken_word", "device_key");
    await logIn();
    clock.advance(90_500);
    const found = await pendingLogin("/files");
    expect(found).toEqual({ methods: ["spoken_word", "device_key"].sort(), expiresIn: 510 });
  });

  it("leads to the login without one, but not while an action is answered", async () => {
    const { clock } = await start("spoken_word");
    const next = "/login?next=%2Ffiles&from=unfinished";
    expect(await outcome(pendingLogin("/files"))).toBe(next);
    await logIn();
    clock.advance(600_000);
    expect(await outcome(pendingLogin("/files"))).toBe(next);
    withScript();
    expect(await pendingLogin("/files")).toEqual({ methods: [], expiresIn: 0 });
  });

  it("says the sentence of the server where a credential of an unknown kind was added since", async () => {
    const { auth } = await start("spoken_word");
    await logIn();
    const { AuthError } = await import("@watchword/auth/core");
    const message = "Nothing was changed. Try again later";
    vi.spyOn(auth, "findPendingLogin").mockRejectedValue(new AuthError("temporarily_unavailable", { message }));
    expect(await pendingLogin("/files")).toEqual({ methods: [], expiresIn: 0, outage: `${message}.` });
  });
});

describe("what the page shows", () => {
  const render = (methods: string[]) =>
    renderToStaticMarkup(
      createElement(SecondFactorForm, {
        methods,
        next: "/files",
        within: "10 minutes",
        startHref: "/login?next=%2Ffiles",
        children: null,
      }),
    );

  it("is one field for a code that a browser may fill in, and the way back", () => {
    const html = render(["spoken_word"]);
    const [input = ""] = html.match(/<input[^>]*name="code"[^>]*>/) ?? [];
    for (const attribute of [
      'autoComplete="one-time-code"',
      'inputMode="text"',
      'autoCapitalize="none"',
      'id="code"',
    ]) {
      expect(input).toContain(attribute);
    }
    expect(input).not.toContain("value=");
    expect(html).toContain('<input type="hidden" name="method" value="spoken_word"/>');
    expect(html).toContain("Spoken word");
    expect(html).toContain("within 10 minutes");
    expect(html).toContain('href="/login?next=%2Ffiles"');
    expect(html).not.toContain('type="radio"');
  });

  it("is a choice where there are several methods, the first of them chosen", () => {
    const radios = render(["device_key", "spoken_word"]).match(/<input[^>]*type="radio"[^>]*>/g) ?? [];
    expect(radios).toHaveLength(2);
    expect(radios[0]).toContain('checked="" value="device_key"');
    expect(radios[1]).not.toContain("checked");
  });

  it("is no form where nothing can be asked for", () => {
    expect(render([])).not.toContain("<form");
  });
});

it.each<[string | string[] | undefined, string[]]>([
  [undefined, []],
  ["paper_code", ["paper_code"]],
  [
    ["paper_code", "paper_code", "<b>", "Log in at evil.example", "", "device_key"],
    ["paper_code", "device_key"],
  ],
  [
    Array.from({ length: 20 }, (_, at) => `kind_${String.fromCharCode(97 + at)}`),
    "abcdefghij".split("").map((one) => `kind_${one}`),
  ],
])("methodsIn() believes of %j no more than the names of kinds", (given, kinds) => {
  expect(methodsIn(given)).toEqual(kinds);
});
