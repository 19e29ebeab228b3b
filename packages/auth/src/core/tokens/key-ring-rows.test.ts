import { describe, expect, it } from "vitest";
import { knownSigningKey } from "../../../test/forged-tokens.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { seededRandomBytes } from "../../testing/fixtures.ts";
import { createMemoryKeyStore } from "../../testing/memory-store/key.ts";
import type { StoredSigningKey } from "../ports/key-store.ts";
import { createKeyRing } from "./key-ring.ts";
import { encryptPrivateKey } from "./signing-key.ts";

const secret = "what-the-keys-of-these-tests-are-sealed-under-1";
const random = seededRandomBytes("key-ring-rows.test");
const schedule = { signsForMs: 1_000_000, aheadMs: 0, overlapMs: 0, rememberedMs: 0 };

/** A ring over a store with one row, which differs from a right one as it is said. */
async function ringWith(change: (key: StoredSigningKey, seed: Uint8Array) => Partial<StoredSigningKey>) {
  const seed = random(32);
  const right = await knownSigningKey(seed, secret, random);
  const row = { ...right, ...change(right, seed) };
  const store = createMemoryKeyStore();
  await store.addSigningKey(row);
  const ring = createKeyRing({ store, clock: createFakeClock(), randomBytes: random, secrets: [secret], schedule });
  return { ring, row, rightKid: right.kid };
}

describe("A row of the store is a key", () => {
  it("when it says of itself what its private half says", async () => {
    const { ring, row } = await ringWith(() => ({}));
    expect((await ring.find(row.kid))?.kid).toBe(row.kid);
    expect((await ring.list()).unreadable).toEqual([]);
  });

  it.each<[string, Parameters<typeof ringWith>[0]]>([
    ["of another algorithm", () => ({ algorithm: "HS256" })],
    [
      "under another's name, though somebody sealed it so",
      (_, seed) => ({ kid: "another", sealedPrivateKey: encryptPrivateKey(seed, "another", secret, random) }),
    ],
    [
      "whose private half is that of nobody",
      (key) => ({ sealedPrivateKey: key.sealedPrivateKey.map((byte) => ~byte) }),
    ],
  ])("and not %s: it signs nothing, verifies nothing, and is named as one that cannot be read", async (_, change) => {
    const { ring, row, rightKid } = await ringWith(change);
    for (const kid of [row.kid, rightKid]) expect(await ring.find(kid)).toBeUndefined();
    expect(await ring.list()).toEqual({ keys: [], unreadable: [row.kid] });
    expect((await ring.signer()).kid).not.toBe(row.kid);
  });
});

it("a ring that has its key signs with it and reads no keys for that", async () => {
  const store = createMemoryKeyStore();
  let reads = 0;
  const readKeyRing = () => {
    reads += 1;
    return store.readKeyRing();
  };
  const options = { clock: createFakeClock(), randomBytes: random, secrets: [secret], schedule };
  const ring = createKeyRing({ store: { ...store, readKeyRing }, ...options });
  const first = await ring.signer();
  reads = 0;
  expect((await ring.signer()).kid).toBe(first.kid);
  expect(reads).toBe(0);
});
