import { describe, expect, it } from "vitest";
import { type StartedClient, startClient } from "../../test/test-client.ts";
import { createMemoryTokenStore, type StoredTokens, type TokenStore } from "./token-store.ts";

const anHour = 3_600_000;
const everyStep = Array.from({ length: 10 }, (_, index) => index + 1);

describe("a store like a phone's keychain, that takes its time", () => {
  it("serves 20 calls at once with one refresh", async () => {
    const { client, wire, expire } = await startClient({ tokens: createKeychain() });
    expire();
    expect(await Promise.all(Array.from({ length: 20 }, () => client.app.mine.query()))).toEqual(Array(20).fill("ada"));
    expect(wire.count("auth.refresh")).toBe(1);
  });
});

describe("a store like a phone's keychain, that fails now and then", () => {
  it.each(everyStep.flatMap((step) => [0, anHour].map((later) => ({ step, later }))))(
    "loses nothing when step $step of a renewal fails, and the next call goes on $later ms later (R07)",
    async ({ step, later }) => {
      const keychain = createKeychain();
      const started = await startClient({ tokens: keychain });
      started.expire();
      keychain.failAt(step);
      expect(await outcomeOf(started)).toMatch(/^(ada|The keychain is locked)$/);
      expect(keychain.tokens()).toEqual({ accessToken: expect.any(String), refreshToken: expect.any(String) });
      expect(started.ended).toEqual([]);
      keychain.failAt(Number.POSITIVE_INFINITY);

      started.app.clock.advance(later);
      expect(await outcomeOf(started)).toBe("ada");
      expect(started.app.events.filter(({ type }) => type === "refresh_token_reused")).toEqual([]);
    },
  );

  it("fails the call that it fails under, whatever the server would have said", async () => {
    const keychain = createKeychain();
    const started = await startClient({ tokens: keychain });
    keychain.failAt(1);
    expect(await outcomeOf(started)).toBe("The keychain is locked");
    started.expire();
    keychain.failNextWrite();
    expect(await outcomeOf(started)).toBe("The keychain is locked");
    expect(keychain.tokens()).toEqual(started.first);
  });

  it("keeps the end of a session at the next call when it could not be kept at the first", async () => {
    const keychain = createKeychain();
    const started = await startClient({ tokens: keychain });
    await started.app.auth.logout(started.first);
    keychain.failNextWrite();
    expect(await outcomeOf(started)).not.toBe("ada");
    expect(keychain.tokens()).toEqual(started.first);
    expect(await outcomeOf(started)).not.toBe("ada");
    expect(keychain.tokens()).toBeNull();
  });
});

interface Keychain extends TokenStore {
  /** What is in it, without asking it. */
  tokens(): StoredTokens | null;
  /** The so-manieth thing that is asked of it fails; 1 is the next. */
  failAt(step: number): void;
  failNextWrite(): void;
}

/** Each step goes out to the system and comes back later; one that fails leaves what was there. */
function createKeychain(): Keychain {
  const memory = createMemoryTokenStore();
  let tokens: StoredTokens | null = null;
  let stepsLeft = Number.POSITIVE_INFINITY;
  let failWrite = false;

  async function step<T>(work: () => Promise<T>, isWrite: boolean): Promise<T> {
    stepsLeft -= 1;
    const fails = stepsLeft === 0 || (failWrite && isWrite);
    if (isWrite) failWrite = false;
    await new Promise((resolve) => setImmediate(resolve));
    if (fails) throw new Error("The keychain is locked");
    const result = await work();
    tokens = await memory.read();
    return result;
  }

  return {
    read: () => step(memory.read, false),
    write: (tokens) => step(() => memory.write(tokens), true),
    clear: () => step(memory.clear, true),
    tokens: () => tokens,
    failAt(step) {
      stepsLeft = step;
    },
    failNextWrite() {
      failWrite = true;
    },
  };
}

/** What whoever made the call gets to see. */
async function outcomeOf({ client }: StartedClient): Promise<string> {
  return client.app.mine.query().catch((error: Error) => error.message);
}
