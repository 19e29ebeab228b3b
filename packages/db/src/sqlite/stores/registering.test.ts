import { expect, it } from "vitest";
import { startChild } from "../../../test/child.ts";
import { useTestFolder } from "../../../test/test-database.ts";
import type { Question, Reply } from "./registering.child.ts";

const folder = useTestFolder();
/** Four processes start at once, and there may be only two cores. */
const patience = { timeout: 60_000 };

/** Spellings of one email, and of one username or what looks like it. `%` is the round, so that each has its own. */
const emails = [
  "ada%@example.com",
  "Ada%@Example.com",
  "ADA%@EXAMPLE.COM",
  "ada%＠example.com",
  "ａｄａ%@example。com",
];
const usernames = ["lan-%", "LAN-%", "Ian-%", "1an-%", "ｌａｎ-%"];

it.each([
  { what: "one email in many spellings", taken: "email_taken", spell: (i: number) => ({ email: emails[i % 5] ?? "" }) },
  {
    what: "one username in many spellings, and what looks like it",
    taken: "username_taken",
    spell: (i: number) => ({ username: usernames[i % 5] ?? "" }),
  },
])("50 parallel registrations of $what over 4 processes make one account (P11)", patience, async ({ taken, spell }) => {
  const connection = folder.open();
  const script = new URL("registering.child.ts", import.meta.url);
  const start = () => startChild<Question, Reply>(script, [connection.file]);
  const children = await Promise.all(Array.from({ length: 4 }, start));
  for (let round = 1; round <= 10; round += 1) {
    const accounts = Array.from({ length: 50 }, (_, index) => {
      const own = {
        username: `somebody.${round}.${index}`,
        email: `somebody.${round}.${index}@example.com`,
        ...spell(index),
      };
      return { username: own.username.replace("%", String(round)), email: own.email.replace("%", String(round)) };
    });
    const asked = children.map((child, at) => child.ask(accounts.filter((_, index) => index % 4 === at)));
    const answers = (await Promise.all(asked)).flatMap((answer) => answer ?? ["died"]);
    expect(answers.toSorted()).toEqual(["created", ...Array<string>(49).fill(taken)]);
    expect(connection.client.prepare("SELECT count(*) FROM users").pluck().get()).toBe(round);
    expect(connection.client.prepare("SELECT count(*) FROM sessions").pluck().get()).toBe(round);
  }
});
