import { createHash } from "node:crypto";
import { checkPasswordText } from "../core/credentials/password/input.ts";
import type { PasswordHasher } from "../core/ports/password-hasher.ts";

export interface FakePasswordHasherOptions {
  /** Awaited in the middle of each call, where the real one waits for its thread. */
  pause?: (method: "hash" | "verify") => Promise<void>;
}

/** A hasher that is done at once, and remembers what it was asked for. For tests of everything but hashing. */
export interface FakePasswordHasher extends PasswordHasher {
  /** One for each call, in order: for `verify` also whether there was anything stored to compare with. */
  readonly calls: ReadonlyArray<{ method: "hash" } | { method: "verify"; stored: boolean }>;
  /** What `hash` makes from now on. A hash of another version still matches, and asks to be upgraded. */
  version: number;
}

export function createFakePasswordHasher({
  pause = () => Promise.resolve(),
}: FakePasswordHasherOptions = {}): FakePasswordHasher {
  const calls: Array<FakePasswordHasher["calls"][number]> = [];
  const hasher: FakePasswordHasher = {
    calls,
    version: 1,
    async hash(password) {
      checkPasswordText(password);
      calls.push({ method: "hash" });
      await pause("hash");
      return fakeHash(password, hasher.version);
    },
    async verify(password, stored) {
      checkPasswordText(password);
      calls.push({ method: "verify", stored: stored !== undefined });
      await pause("verify");
      const version = stored === undefined ? undefined : /^fake\.(\d+)\./.exec(stored)?.[1];
      if (version === undefined) return { matches: false, needsUpgrade: false, unusable: stored !== undefined };
      const matches = fakeHash(password, Number(version)) === stored;
      return { matches, needsUpgrade: matches && Number(version) !== hasher.version, unusable: false };
    },
    close: async () => undefined,
  };
  return hasher;
}

function fakeHash(password: string, version: number): string {
  return `fake.${version}.${createHash("sha256").update(password.normalize("NFKC")).digest("base64url")}`;
}
