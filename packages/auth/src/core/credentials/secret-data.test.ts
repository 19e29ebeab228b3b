import { hkdfSync } from "node:crypto";
import { CompactEncrypt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { createSecretData } from "./secret-data.ts";

const one = "the-first-secret-of-tests-and-of-nothing-else";
const other = "the-second-secret-of-tests-and-of-nothing-else";
const owner = "0198c0de-0000-7000-8000-000000000001";

describe("createSecretData()", () => {
  it.each(["", "JBSWY3DPEHPK3PXP", '{"key":"ü"}', "x".repeat(10_000)])("encrypts and decrypts %j", async (text) => {
    const data = createSecretData([one]);
    const stored = await data.encrypt(text, owner);
    if (text !== "") expect(stored).not.toContain(text);
    expect(await data.decrypt(stored, owner)).toBe(text);
  });

  it("writes the id of the key, and a JWE with the algorithms and the owner in its header (RFC 7516)", async () => {
    const data = createSecretData([one]);
    const stored = await data.encrypt("text", owner);
    expect(stored).toMatch(/^jwe:[\w-]{12}:[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(stored.startsWith(data.current)).toBe(true);
    expect(data.current.startsWith(data.encrypted)).toBe(true);
    expect(decodeProtectedHeader(stored.split(":")[2] ?? "")).toEqual({ alg: "dir", enc: "A256GCM", owner });
  });

  it("never encrypts the same text to the same octets", async () => {
    const data = createSecretData([one]);
    expect(await data.encrypt("text", owner)).not.toBe(await data.encrypt("text", owner));
  });

  it("decrypts nothing in another row", async () => {
    const data = createSecretData([one]);
    const stored = await data.encrypt("text", owner);
    expect(await data.decrypt(stored, owner.replace("1", "2"))).toBeUndefined();
    expect(await data.decrypt(stored, "")).toBeUndefined();
  });

  it("encrypts under the first secret, and decrypts under any", async () => {
    const [before, turned, after] = [[one], [other, one], [other]].map(createSecretData);
    const old = (await before?.encrypt("text", owner)) ?? "";
    expect(await turned?.decrypt(old, owner)).toBe("text");
    expect(await after?.decrypt(old, owner)).toBeUndefined();
    const anew = (await turned?.encrypt("text", owner)) ?? "";
    expect(anew.startsWith(after?.current ?? "none")).toBe(true);
    expect(await after?.decrypt(anew, owner)).toBe("text");
    expect(await before?.decrypt(anew, owner)).toBeUndefined();
  });

  it("decrypts nothing that was changed by one character", async () => {
    const data = createSecretData([one]);
    const stored = await data.encrypt("text", owner);
    for (let at = 0; at < stored.length; at += 1) {
      const changed = stored.slice(0, at) + (stored[at] === "A" ? "B" : "A") + stored.slice(at + 1);
      const text = await data.decrypt(changed, owner);
      // The last character of a part has bits that mean nothing.
      expect([undefined, ...(/^[.:]|^$/.test(stored[at + 1] ?? "") ? ["text"] : [])]).toContain(text);
    }
  });

  it.each(["", "jwe", "jwe:", "jwe::", "jwe:x:y", "plain text", '{"key":1}', "jwe:constructor:x"])(
    "decrypts nothing of %j",
    async (stored) => {
      expect(await createSecretData([one]).decrypt(stored, owner)).toBeUndefined();
      const ours = createSecretData([one]).current;
      expect(await createSecretData([one]).decrypt(ours + stored, owner)).toBeUndefined();
    },
  );

  it("takes no other algorithm than its own", async () => {
    const data = createSecretData([one]);
    const [, id = ""] = (await data.encrypt("text", owner)).split(":");
    const header = Buffer.from(JSON.stringify({ alg: "none", owner })).toString("base64url");
    const text = Buffer.from("text").toString("base64url");
    expect(await data.decrypt(`jwe:${id}:${header}..${text}.${text}.${text}`, owner)).toBeUndefined();
  });

  it("decrypts what the first version stored: its labels are part of the format", async () => {
    const stored =
      "jwe:A0fZlk2quVZX:eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwib3duZXIiOiIwMTk4YzBkZS0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDEifQ..fj8iUmMkeEDODHzk.-XGSCVNuVR6ylhhlcEetZn8eszTFBm2DQzuQOQ.sNNsNXpIy5X7z1qEqqP5PA";
    expect(await createSecretData([one]).decrypt(stored, owner)).toBe("kept since the first version");
    expect(stored.startsWith(createSecretData([one]).current)).toBe(true);
  });

  it("takes no other content encryption with the same key", async () => {
    const { current } = createSecretData([one]);
    const key = Buffer.from(hkdfSync("sha256", one, "", "watchword/credential/v1/encrypt", 32));
    const jwe = await new CompactEncrypt(Buffer.from("text"))
      .setProtectedHeader({ alg: "dir", enc: "A128CBC-HS256", owner })
      .encrypt(key);
    expect(await createSecretData([one]).decrypt(current + jwe, owner)).toBeUndefined();
  });

  it("needs a secret", () => {
    expect(() => createSecretData([])).toThrow("no secret");
  });
});
