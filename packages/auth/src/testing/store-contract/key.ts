import { describe, expect, it } from "vitest";
import type { SigningKeyStore, StoredSigningKey } from "../../core/ports/key-store.ts";
import { testStart } from "../fake-clock.ts";
import { someBytes } from "../fixtures.ts";
import { type CurrentStore, inParallel, storedAccount } from "./harness.ts";

const day = 86_400_000;

function aSigningKey(fields: Partial<StoredSigningKey> = {}): StoredSigningKey {
  const { seq = 1 } = fields;
  return {
    seq,
    kid: Buffer.from(someBytes(32)).toString("base64url"),
    algorithm: "EdDSA",
    publicJwk: JSON.stringify({ kty: "OKP", crv: "Ed25519", x: Buffer.from(someBytes(32)).toString("base64url") }),
    sealedPrivateKey: someBytes(60),
    createdAt: testStart,
    signsFrom: testStart + 1,
    signsUntil: testStart + day,
    verifiesUntil: testStart + 2 * day,
    revokedAt: null,
    ...fields,
  };
}

async function keysOf(store: SigningKeyStore): Promise<StoredSigningKey[]> {
  const { keys } = await store.readKeyRing();
  return keys.map((key) => ({ ...key, sealedPrivateKey: Uint8Array.from(key.sealedPrivateKey) }));
}

/** The signing keys: the same for every process, and a number that tells when they are no longer the same. */
export function describeSigningKeys(current: CurrentStore): void {
  describeKeyRecords(current);
  describeKeyRing(current);
}

function describeKeyRecords(current: CurrentStore): void {
  describe("signing keys", () => {
    it("gives back every field of each key, in the order of seq", async () => {
      const [first, second] = [aSigningKey(), aSigningKey({ seq: 2, revokedAt: testStart + 5 })];
      expect(await keysOf(current())).toEqual([]);
      await current().addSigningKey(second);
      await current().addSigningKey(first);
      expect(await keysOf(current())).toEqual([first, second]);
    });

    it("addSigningKey() has one winner for each seq, however many try at once", async () => {
      const keys = Array.from({ length: 10 }, () => aSigningKey());
      const won = await inParallel(keys.length, (index) => current().addSigningKey(keys[index] as StoredSigningKey));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await keysOf(current())).toEqual([keys[won.indexOf(true)]]);
    });

    it("replaceSigningKeys() adds one and revokes every other, and leaves when an older one was revoked", async () => {
      const [old, older] = [aSigningKey({ seq: 2 }), aSigningKey({ revokedAt: testStart + 1 })];
      for (const key of [old, older]) await current().addSigningKey(key);
      const key = aSigningKey({ seq: 3 });
      expect(await current().replaceSigningKeys({ key, now: testStart + 9 })).toBe(true);
      expect(await keysOf(current())).toEqual([older, { ...old, revokedAt: testStart + 9 }, key]);
    });

    it("replaceSigningKeys() changes nothing when the seq is taken", async () => {
      const old = aSigningKey();
      await current().addSigningKey(old);
      const { version } = await current().readKeyRing();
      expect(await current().replaceSigningKeys({ key: aSigningKey(), now: testStart + 9 })).toBe(false);
      expect(await keysOf(current())).toEqual([old]);
      expect(await current().keyRingVersion()).toBe(version);
    });

    it("resealSigningKey() changes the sealed half, and only while it is the expected one", async () => {
      const key = aSigningKey();
      await current().addSigningKey(key);
      const to = someBytes(60);
      const change = { kid: key.kid, from: key.sealedPrivateKey, to };
      const done = await inParallel(3, () => current().reencryptSigningKey(change));
      expect(done.filter(Boolean)).toHaveLength(1);
      expect(await current().reencryptSigningKey({ kid: "another", from: to, to })).toBe(false);
      expect(await keysOf(current())).toEqual([{ ...key, sealedPrivateKey: to }]);
    });
  });
}

function describeKeyRing(current: CurrentStore): void {
  describe("signing keys", () => {
    it("removeSigningKeys() removes those that verify nothing since then, and no other", async () => {
      const [gone, kept] = [
        aSigningKey({ verifiesUntil: testStart }),
        aSigningKey({ seq: 2, verifiesUntil: testStart + 1 }),
      ];
      for (const key of [gone, kept]) await current().addSigningKey(key);
      expect(await current().removeSigningKeys({ before: testStart })).toBe(1);
      expect(await keysOf(current())).toEqual([kept]);
    });

    it("each change of a key changes the number that findSessionWithUser() and readKeyRing() bring along, nothing else does", async () => {
      const { session } = await storedAccount(current());
      const seen: number[] = [];
      const readAll = async () => {
        const numbers = [
          await current().keyRingVersion(),
          (await current().readKeyRing()).version,
          (await current().findSessionWithUser(session.id))?.keyRingVersion ?? Number.NaN,
        ];
        expect(new Set(numbers).size).toBe(1);
        seen.push(numbers[0] ?? Number.NaN);
      };
      const key = aSigningKey();
      await readAll();
      await current().addSigningKey(key);
      await readAll();
      await current().reencryptSigningKey({ kid: key.kid, from: key.sealedPrivateKey, to: someBytes(60) });
      await readAll();
      await current().replaceSigningKeys({ key: aSigningKey({ seq: 2 }), now: testStart });
      await readAll();
      await current().removeSigningKeys({ before: testStart + 9 * day });
      await readAll();
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      await current().removeSigningKeys({ before: testStart + 9 * day });
      await current().addSigningKey(aSigningKey({ seq: 9 }));
      await current().addSigningKey(aSigningKey({ seq: 9 }));
      expect(await current().keyRingVersion()).toBe((seen.at(-1) ?? 0) + 1);
    });
  });
}
