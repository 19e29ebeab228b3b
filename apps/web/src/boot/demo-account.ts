import { randomInt } from "node:crypto";
import { type EventEmitter, once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AuthError } from "@watchword/auth/core";
import { z } from "zod";
import { getServer } from "../server/server.ts";

const saved = z.object({ username: z.string(), password: z.string() });
type SavedAccount = z.infer<typeof saved>;

export interface DemoAccount {
  username: string;
  /** Undefined where it was changed: the generated one is no longer valid. */
  password: string | undefined;
}

/**
 * The account to look around with on one's own machine. Its password is drawn at the first start, because one that
 * stands in the source would be public. Undefined when another user took the name.
 */
export async function demoAccount(): Promise<DemoAccount | undefined> {
  const { env, auth, events, hasPassword } = getServer();
  const path = join(env.dataFolder, "demo-account.json");
  const known = readSaved(path);
  if (known) {
    const { username, password } = known;
    const isGood = await hasPassword({ usernameKey: username, password });
    return isGood === undefined ? undefined : { username, password: isGood ? password : undefined };
  }
  const account = { username: "demo", password: drawPassword() };
  const settled = mailSettled(events);
  try {
    const { user, refreshToken } = await auth.register({
      ...account,
      email: "demo@example.com",
      name: "Demo Person",
      delivery: "body",
      rememberMe: true,
      userAgent: null,
      ipAddress: null,
    });
    await auth.admin.setRole({ actor: null, userId: user.id, role: "admin" });
    await auth.logout({ refreshToken, accessToken: undefined });
  } catch (error) {
    if (error instanceof AuthError && error.status === 409) return undefined;
    throw error;
  }
  writeFileSync(path, `${JSON.stringify(account)}\n`, { mode: 0o600 });
  await settled;
  return account;
}

/** A mail is sent within half a second, unless an SMTP server lets it wait. */
const mailWaitMs = 10_000;

/** Until the account's mail is logged: the banner with its password is the last that a start prints. */
async function mailSettled(events: EventEmitter): Promise<void> {
  const late = new AbortController();
  // No timer that lets the process end: nothing else may keep it alive yet.
  const timer = setTimeout(() => late.abort(), mailWaitMs);
  await once(events, "mail_settled", { signal: late.signal }).catch(() => undefined);
  clearTimeout(timer);
}

function readSaved(path: string): SavedAccount | undefined {
  try {
    return saved.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined; // the first start, or a file that was edited
  }
}

const words =
  "amber anchor arrow basin beacon birch bridge candle cedar cinder copper ember falcon fern flint gate granite harbour heron lantern linen maple meadow mortar oak orchard otter pebble pine quarry raven reed river saddle slate sparrow tablet thistle tower willow".split(
    " ",
  );

function drawPassword(): string {
  const drawn = Array.from({ length: 4 }, () => words[randomInt(words.length)]);
  return [...drawn, randomInt(10, 100)].join("-");
}
