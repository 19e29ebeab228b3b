import { ada, addTestCredential, fromTerminal, testIssuer, testSecret } from "@watchword/auth/testing";
import { beforeEach, expect, it, vi } from "vitest";
import { type FormState, newForm } from "../../../forms/form-state.ts";
import { deviceKey, provideTestServer, spokenWord } from "../../../server/testing/second-factor.ts";
import { changeEmail } from "../actions.ts";
import { confirmHref } from "../confirm-paths.ts";
import { changePassword } from "../password/actions.ts";
import { confirmByCode, confirmPassword } from "./actions.ts";

const jar = new Map<string, string>();
vi.mock("next/headers", () => ({
  headers: async () =>
    new Headers({
      origin: testIssuer,
      "sec-fetch-site": "same-origin",
      cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
    }),
  cookies: async () => ({ set: (name: string, value: string) => jar.set(name, value) }),
}));

const word = "ahoy";

/** Ada, with two second factors, logged in a while ago by a browser without scripts. */
beforeEach(async () => {
  jar.clear();
  const { auth, clock, store, tokenCookies } = provideTestServer();
  const { user } = await auth.register({ ...ada, ...fromTerminal });
  const added = { userId: user.id, data: word, secret: testSecret };
  for (const kind of [spokenWord, deviceKey]) await addTestCredential(store, { ...added, kind });
  const browser = { ...fromTerminal, delivery: "cookie" } as const;
  const begun = await auth.login({ identifier: ada.username, password: ada.password, ...browser });
  if (begun.status !== "second_factor_required") throw new Error(begun.status);
  const { challenge } = begun;
  const issued = await auth.completeLogin({ ...browser, challenge, method: "spoken_word", response: word });
  const sink = { set: (name: string, value: string) => void jar.set(name, value) };
  tokenCookies.setCookies(sink, new Headers(), issued);
  clock.advance(600_000);
});

/** Where a form leads, or the state that it comes back with. */
async function send(action: (before: FormState, form: FormData) => Promise<FormState>, typed: Record<string, string>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(typed)) form.set(name, value);
  try {
    return await action(newForm, form);
  } catch (error) {
    const [kind, , to = ""] = String((error as { digest?: unknown }).digest).split(";");
    if (kind !== "NEXT_REDIRECT") throw error;
    return to;
  }
}

const codes = "/account/confirm?next=%2Faccount%2Femail&method=device_key&method=spoken_word";
const change = () => send(changeEmail, { email: "new@example.com" });
const byCode = (code: string, method = "spoken_word") => send(confirmByCode, { method, code, next: "/account/email" });
const byPassword = () => send(confirmPassword, { password: ada.password, next: "/account/email" });

it("a change of the ways in asks for the password, then for a code, and is then done", async () => {
  expect(await change()).toBe("/account/confirm?next=%2Faccount%2Femail");
  expect(await byPassword()).toBe("/account/email");
  expect(await change()).toBe(codes);
  expect(await byCode(word)).toBe("/account/email");
  expect(await change()).toBe("/account?from=email");
});

it("a wrong code is said at the code, and proves nothing", async () => {
  await byPassword();
  expect(await byCode("wrong")).toEqual({
    status: "refused",
    problems: [{ field: "code", message: "That code is not right" }],
    typed: { method: "spoken_word" },
    emptied: ["code"],
  });
  expect(await change()).toBe(codes);
});

it.each([
  ["no code", "", "spoken_word", "Enter the code"],
  [
    "a kind that drew something for a device",
    word,
    "device_key",
    "This page cannot ask for that yet (Device key). Choose another way",
  ],
])("%s is rejected before it is taken for a code", async (_, code, method, message) => {
  expect(await byCode(code, method)).toMatchObject({ problems: [{ field: "code", message }] });
});

it("a change of the password asks for a code on that page, and comes back", async () => {
  const password = { currentPassword: ada.password, newPassword: "another correct horse" };
  expect(await send(changePassword, password)).toBe(
    "/account/confirm?next=%2Faccount%2Fpassword&method=device_key&method=spoken_word",
  );
  await byCode(word);
  expect(await send(changePassword, password)).toBe("/account/security?from=password");
});

it("without a session the page asks for a login, and then for the same method again", async () => {
  jar.clear();
  const back = encodeURIComponent("/account/confirm?next=%2Faccount%2Femail&method=spoken_word");
  expect(await byCode(word)).toBe(`/login?next=${back}`);
});

it.each<[string[] | undefined, string]>([
  [undefined, "/account/confirm?next=%2Ffiles"],
  [[], "/account/confirm?next=%2Ffiles"],
  [["device_key", "password"], "/account/confirm?next=%2Ffiles"],
  [["device_key"], "/account/confirm?next=%2Ffiles&method=device_key"],
])("confirmHref() names of %j what the page has to know", (methods, address) => {
  expect(confirmHref("/files", methods)).toBe(address);
});
