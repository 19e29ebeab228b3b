import { fromTerminal, loginAda } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { startHttpApp } from "../http/testing/http-app.ts";

/** What means something to a regular expression, to `LIKE`, to `GLOB`, or to the SQL around them. */
const special = [...".*+?^$(){}|[]\\", ...`%_`, ...`'"-;`];

/** Of all those an address may hold these, also at its beginning, and a username only the ones that it is not to begin with. */
const inAddresses = [..."*+?^$|{}%_'-"];
const inUsernames = [..."._-"];

/** Somebody for each place where a character can stand, and others whom only a pattern would find. */
const people: Array<{ username: string; email: string }> = [
  ...inAddresses.flatMap((sign, at) => [
    { username: `first${at}`, email: `${sign}first@example.com` },
    { username: `third${at}`, email: `ab${sign}cd@example.com` },
  ]),
  ...inUsernames.map((sign, at) => ({ username: `ab${sign}cd`, email: `other${at}@example.com` })),
  { username: "abxcd", email: "abbb@example.com" },
  { username: "abcd", email: "aaaa@example.com" },
];

/** Texts that as patterns would find everybody, or somebody. */
const patterns = [
  ".*",
  "^ab",
  "ab.cd@example.com$",
  "a|b",
  "(ab)",
  "[a-z]",
  "[^x]",
  "a{1,9}",
  "\\w+",
  "%",
  "_%",
  "ab%cd@%",
  "abbb@_xample",
  "abbb@.*",
  "ab__d",
  "ab*",
  "a?",
  "ab\\_cd",
  "' or 1=1 --",
  '" or "a"="a',
  "ab' || '",
];

async function start() {
  const { auth, url } = await startHttpApp();
  const { user } = await loginAda(auth);
  await auth.admin.setRole({ actor: null, userId: user.id, role: "admin" });
  for (const person of people) {
    await auth.register({ ...person, name: "Somebody", password: "a long enough password", ...fromTerminal });
  }
  const { accessToken } = await loginAda(auth);
  return async (text: string): Promise<string[]> => {
    const input = encodeURIComponent(JSON.stringify({ text }));
    const headers = { authorization: `Bearer ${accessToken}` };
    const response = await fetch(`${url}/api/trpc/admin.users?input=${input}`, { headers });
    const { result } = (await response.json()) as { result: { data: { users: Array<{ username: string }> } } };
    return result.data.users.map(({ username }) => username).sort();
  };
}

/** Whose username or address begins so, by nothing but comparing characters. */
const whoBegins = (text: string): string[] =>
  [...people, { username: "ada", email: "ada@example.com" }]
    .filter(({ username, email }) => username.startsWith(text) || email.startsWith(text))
    .map(({ username }) => username)
    .sort();

it("a search for people takes each sign for itself, never for a pattern, on a database file (ASVS 1.2.9)", async () => {
  const search = await start();
  for (const sign of special) {
    for (const text of [sign, `ab${sign}`, `ab${sign}c`, `${sign}cd`, `a${sign}d`]) {
      expect(await search(text), text).toEqual(whoBegins(text));
    }
  }
  for (const text of patterns) expect(await search(text), text).toEqual(whoBegins(text));
  // So that "nobody" is not all there is: each sign that somebody has is found where it stands.
  for (const sign of inAddresses) expect(await search(`${sign}f`), sign).toHaveLength(1);
  for (const sign of inUsernames) expect(await search(`ab${sign}`), sign).toContain(`ab${sign}cd`);
});
