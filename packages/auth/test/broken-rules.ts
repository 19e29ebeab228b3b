import type { SessionRotation } from "../src/core/ports/session-store.ts";
import type { AuthStore } from "../src/core/ports/store.ts";
import { createMemoryStore } from "../src/testing/memory-store/store.ts";
import type { Invariant } from "../src/testing/simulator/judge/invariant.ts";
import type { SimulatorOptions } from "../src/testing/simulator/run.ts";

/** A rule of others', or a forgotten condition, put around the production code from outside. */
export interface BrokenRule {
  is: string;
  breaks: Invariant;
  options: SimulatorOptions;
}

export const brokenRules: readonly BrokenRule[] = [
  {
    is: "every refresh token works once, as RFC 9700 has it to the letter",
    breaks: "L1",
    options: { openStore: () => createMemoryStore(), settings: { retryWindowSeconds: 0, reissueWindowSeconds: 0 } },
  },
  {
    is: "a retry within a grace window is answered, and a later one is a theft",
    breaks: "L1",
    options: { openStore: () => createMemoryStore(), settings: { reissueWindowSeconds: 0 } },
  },
  {
    is: "each retry gets a successor of its own",
    breaks: "L1",
    options: { openStore: () => createMemoryStore(), settings: { retryWindowSeconds: 0 } },
  },
  {
    is: "the last-used token is answered with the same successor for ever",
    breaks: "S5",
    options: { openStore: () => around((store) => ({ findStoredSession: (id) => rotatedJustNow(store, id) })) },
  },
  {
    is: "a spent token that returns is refused, and the session lives on",
    breaks: "S6",
    options: {
      openStore: () =>
        around((store) => ({
          revokeSession: async (end) => end.reason === "refresh_token_reused" || store.revokeSession(end),
        })),
    },
  },
  {
    is: "the write of a refresh does not ask whether the row is still the one that was judged",
    breaks: "S1",
    options: {
      openStore: () =>
        around((store) => ({
          rotateSession: async (change) => store.rotateSession(await asItIsNow(store, change)),
          reissueSession: async (change) => store.reissueSession(await asItIsNow(store, change)),
        })),
    },
  },
  {
    is: "a login does not ask whether the password is still the one that was checked",
    breaks: "S3",
    options: {
      openStore: () =>
        around((store) => ({
          createSession: async (session, quota, evidence) => {
            const found = await store.findCredentialsById(session.userId);
            const { credentialVersion } = found?.user ?? session;
            return store.createSession({ ...session, credentialVersion }, quota, evidence);
          },
        })),
    },
  },
  {
    is: "a version ignores a kind of credential that it does not know",
    breaks: "S8",
    options: {
      openStore: () =>
        around((store) => ({
          findCredentials: async (key) => withoutKinds(await store.findCredentials(key)),
          findStoredSession: async (id) => withoutKinds(await store.findStoredSession(id)),
        })),
    },
  },
];

function around(change: (store: AuthStore) => Partial<AuthStore>): AuthStore {
  const store = createMemoryStore();
  return { ...store, ...change(store) };
}

function withoutKinds<Found extends { kinds: readonly string[] }>(found: Found | undefined): Found | undefined {
  return found && { ...found, kinds: ["password"] };
}

/** An age that never grows: so far ahead that no clock of a history comes there. */
async function rotatedJustNow(store: AuthStore, id: string): ReturnType<AuthStore["findStoredSession"]> {
  const found = await store.findStoredSession(id);
  return found && { ...found, session: { ...found.session, rotatedAt: Date.UTC(9999, 0, 1) } };
}

async function asItIsNow(store: AuthStore, change: SessionRotation): Promise<SessionRotation> {
  const found = await store.findStoredSession(change.sessionId);
  if (!found) return change;
  return { ...change, expectedNextHash: found.session.nextHash, expectedGeneration: found.session.generation };
}
