import { randomBytes } from "node:crypto";
import type { BrowserContext, Page } from "@playwright/test";
import type { Auth } from "@watchword/auth/core";
import type { Person } from "./fixtures.ts";

/** An administrator whose texts are each one unbroken word, as long as the rules take one. */
export async function newPerson(auth: Auth): Promise<Person> {
  const tag = randomBytes(5).toString("hex");
  const person = {
    username: `w${tag}`.padEnd(32, "w"),
    email: `${tag.padEnd(60, "w")}@${"w".repeat(60)}.${"w".repeat(60)}.example`,
    name: tag.padEnd(100, "W"),
    password: `${tag} notes on the engine`,
  };
  const { user } = await auth.register({
    ...person,
    delivery: "body",
    rememberMe: true,
    userAgent: `watchword/${"9".repeat(100)}`,
    ipAddress: "2001:0db8:85a3:1319:8a2e:0370:7344:1234",
  });
  await auth.admin.setRole({ actor: null, userId: user.id, role: "admin" });
  return person;
}

interface OpenPages {
  page: Page;
  context: BrowserContext;
  auth: Auth;
  person: Person;
}

/** Every page of a logged-in user, with a file and a failed upload of a long name. */
export async function openPages({ page, auth, person }: OpenPages): Promise<Array<{ path: string; name: string }>> {
  const user = await auth.admin.findNamed(person.username);
  await page.goto("/files");
  const long = { name: `${"w".repeat(100)}.txt`, mimeType: "text/plain", buffer: Buffer.from("x") };
  await page.setInputFiles('input[type="file"]', long);
  const href = await page.getByRole("link", { name: /^Download w/ }).getAttribute("href");
  return [
    { path: "/", name: "home" },
    { path: "/account", name: "account" },
    { path: "/account/security?from=password", name: "security" },
    { path: "/account/sessions", name: "sessions" },
    { path: "/account/activity", name: "activity" },
    { path: "/account/password", name: "password" },
    { path: "/account/email", name: "email" },
    { path: "/account/delete", name: "delete" },
    { path: "/account/your-data?refused=temporarily_unavailable", name: "data" },
    { path: "/files", name: "files" },
    { path: `${href?.replace("/api", "")}?refused=temporarily_unavailable`, name: "file" },
    { path: `/admin?find=${person.username}`, name: "people" },
    { path: `/admin?find=${"w".repeat(100)}`, name: "nobody" },
    { path: `/admin/users/${user?.id}`, name: "person" },
    { path: "/outbox", name: "outbox" },
  ];
}
