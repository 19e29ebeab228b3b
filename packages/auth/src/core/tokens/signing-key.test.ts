import { createDecipheriv, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { seededRandomBytes } from "../../testing/fixtures.ts";
import { decryptPrivateKey, encryptPrivateKey, signingKeyOf } from "./signing-key.ts";

const random = seededRandomBytes("signing-key.test");
const secret = "what-the-keys-of-these-tests-are-sealed-under-1";
const another = "what-the-keys-of-these-tests-are-sealed-under-2";
const fromBase64url = (text: string) => Buffer.from(text, "base64url");

describe("the worked example of RFC 8037, appendix A", () => {
  const d = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
  const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

  it("A.2 and A.3: the private key gives the public one, and that its thumbprint", async () => {
    const { publicJwk, kid } = await signingKeyOf(fromBase64url(d));
    expect(publicJwk).toEqual({ kty: "OKP", crv: "Ed25519", x });
    expect(kid).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });
});

describe("sealKey() and openKey()", () => {
  const seed = random(32);

  it("give back what was sealed, under the same secret and the same id", async () => {
    const encrypted = encryptPrivateKey(seed, "kid", secret, random);
    expect(encrypted).toHaveLength(60);
    expect(decryptPrivateKey(encrypted, "kid", secret)).toEqual(Buffer.from(seed));
    expect(decryptPrivateKey(encrypted, "kid", another)).toBeUndefined();
    expect(decryptPrivateKey(encrypted, "kid2", secret)).toBeUndefined();
  });

  it("are AES-256-GCM under a key of HKDF, so that every version to come opens what this one sealed", () => {
    const encrypted = encryptPrivateKey(seed, "kid", secret, random);
    const hmac = (key: Uint8Array, text: string | Uint8Array) => createHmac("sha256", key).update(text).digest();
    // RFC 5869 with an empty salt, written out: extract, then the first block of expand.
    const encrypting = hmac(hmac(Buffer.alloc(32), secret), Buffer.from("watchword/signing-key/v1/seal\x01"));
    const decipher = createDecipheriv("aes-256-gcm", encrypting, encrypted.subarray(0, 12)).setAAD(Buffer.from("kid"));
    decipher.setAuthTag(encrypted.subarray(44));
    expect(Buffer.concat([decipher.update(encrypted.subarray(12, 44)), decipher.final()])).toEqual(Buffer.from(seed));
  });

  it("seal the same key differently each time, and the key does not stand in it", () => {
    const [one, two] = [encryptPrivateKey(seed, "kid", secret, random), encryptPrivateKey(seed, "kid", secret, random)];
    expect(Buffer.compare(one, two)).not.toBe(0);
    expect(Buffer.from(one).includes(Buffer.from(seed))).toBe(false);
  });

  it("reject a sealed key in which any one bit was changed, and one that was cut or lengthened", () => {
    const encrypted = encryptPrivateKey(seed, "kid", secret, random);
    for (let bit = 0; bit < encrypted.length * 8; bit += 1) {
      const changed = Uint8Array.from(encrypted);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decryptPrivateKey(changed, "kid", secret)).toBeUndefined();
    }
    for (const length of [0, 12, 28, 59])
      expect(decryptPrivateKey(encrypted.subarray(0, length), "kid", secret)).toBeUndefined();
    expect(decryptPrivateKey(Buffer.concat([encrypted, Buffer.alloc(1)]), "kid", secret)).toBeUndefined();
  });
});

it("a key that was opened cannot be taken out of the process", async () => {
  const { kid: _kid, publicJwk: _jwk, publicKey, sign, ...rest } = await signingKeyOf(random(32));
  expect([rest, Object.keys(sign), publicKey.type, publicKey.usages]).toEqual([{}, [], "public", ["verify"]]);
});
