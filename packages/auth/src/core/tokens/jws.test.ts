import { createPublicKey, webcrypto } from "node:crypto";
import fc from "fast-check";
import { compactVerify, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { reasonOf } from "../../testing/test-auth.ts";
import { isCanonicalCompact, parseObject, signJws, verifyJws } from "./jws.ts";
import { signingKeyOf } from "./signing-key.ts";

/** RFC 8037 appendix A.1 and A.2. */
const d = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
/** Appendix A.4. */
const input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
const signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

const keyOf = async () => (await signingKeyOf(Buffer.from(d, "base64url"))).publicKey;
const text = (octets: Uint8Array) => Buffer.from(octets).toString("utf8");
const encode = (value: string | object) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** Signed with the key of appendix A.1, whatever the parts say. */
async function signed(header: string | object, payload: string | object): Promise<string> {
  const key = await signingKeyOf(Buffer.from(d, "base64url"));
  const segments = `${encode(header)}.${encode(payload)}`;
  return `${segments}.${key.sign(Buffer.from(segments)).toString("base64url")}`;
}

describe("verifyJws() and the worked examples of RFC 8037, appendix A", () => {
  it("A.2: the public half of the private key", async () => {
    expect((await signingKeyOf(Buffer.from(d, "base64url"))).publicJwk).toEqual({ kty: "OKP", crv: "Ed25519", x });
  });

  it("A.4: the signature of the example", async () =>
    expect(await signed({ alg: "EdDSA" }, "Example of Ed25519 signing")).toBe(`${input}.${signature}`));

  it("A.5: it is verified, and what was signed comes back", async () => {
    const { header, payload } = await verifyJws(`${input}.${signature}`, keyOf);
    expect([header, text(payload)]).toEqual([{ alg: "EdDSA" }, "Example of Ed25519 signing"]);
  });

  it("A.5: with the key in another form of it, and with no other key", async () => {
    const another = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    const raw = another.export({ format: "der", type: "spki" });
    const imported = await webcrypto.subtle.importKey("spki", raw, "Ed25519", false, ["verify"]);
    expect(text((await verifyJws(`${input}.${signature}`, async () => imported)).payload)).toContain("Ed25519");
    const stranger = (await signingKeyOf(new Uint8Array(32).fill(1))).publicKey;
    expect(await reasonOf(verifyJws(`${input}.${signature}`, async () => stranger))).toBe("access_token_invalid");
  });
});

/** RFC 7515 appendix A: right signatures, by algorithms that are none of ours. Headers and signatures as they stand there. */
const claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

const byRs256 = {
  protected: "eyJhbGciOiJSUzI1NiJ9",
  header: { kid: "2010-12-29" },
  signature:
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
};
const byEs256 = {
  protected: "eyJhbGciOiJFUzI1NiJ9",
  header: { kid: "e9bc097a-ce51-4036-9562-d2ade882db0d" },
  signature: "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
};

describe("verifyJws() rejects the other examples of RFC 7515, appendix A", () => {
  it.each([
    ["A.1, HS256", `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${claims}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`],
    ["A.2, RS256", `${byRs256.protected}.${claims}.${byRs256.signature}`],
    ["A.3, ES256, whose signature is as long as one of ours", `${byEs256.protected}.${claims}.${byEs256.signature}`],
    [
      "A.4, ES512",
      "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
    ],
    ["A.5, none", `eyJhbGciOiJub25lIn0.${claims}.`],
    ["A.6, as JSON with two signatures", JSON.stringify({ payload: claims, signatures: [byRs256, byEs256] })],
    ["A.7, as flat JSON", JSON.stringify({ payload: claims, ...byEs256 })],
  ])("%s", async (_, token) => {
    let asked = 0;
    const counted = () => {
      asked += 1;
      return keyOf();
    };
    expect(await reasonOf(verifyJws(token, counted))).toBe("access_token_invalid");
    expect(asked).toBe(0); // refused before any key is looked for
  });
});

/** One token, one spelling. */
const inside = (sign: string) => `${input.slice(0, 30)}${sign}${input.slice(30)}.${signature}`;
const spellings: Array<[name: string, token: string]> = [
  ...[" ", "\t", "\n", "\r\n", "\v", "\f", "\0", "\u00a0", "\u2028", "\ufeff", "%20", "+", "/", "=", "\\", ","].flatMap(
    (sign): Array<[string, string]> => [
      [`${JSON.stringify(sign)} before it`, `${sign}${input}.${signature}`],
      [`${JSON.stringify(sign)} behind it`, `${input}.${signature}${sign}`],
      [`${JSON.stringify(sign)} in the payload`, inside(sign)],
      [`${JSON.stringify(sign)} at a dot`, `${input}.${sign}${signature}`],
    ],
  ),
  ["padding of the payload", `${input}=.${signature}`],
  ["padding of the signature", `${input}.${signature}==`],
  ["the other alphabet in the signature", `${input}.${signature.replaceAll("-", "+").replaceAll("_", "/")}`],
  ["other trailing bits in the signature", `${input}.${signature.slice(0, -1)}h`],
  ["other trailing bits in the payload", `${input.slice(0, -1)}d.${signature}`],
  ["a dot more", `${input}.${signature}.`],
  ["a dot before", `.${input}.${signature}`],
  ["an empty part between", `${input}..${signature}`],
  ["a signature a letter longer", `${input}.${signature}A`],
  ["the payload taken away", `${input.split(".")[0]}..${signature}`],
  ["upper case", `${input}.${signature}`.toUpperCase()],
];

describe("verifyJws() takes one spelling alone, and none that differs by", () => {
  it.each(spellings)("%s", async (_, token) => {
    expect(isCanonicalCompact(token)).toBe(false);
    expect(await reasonOf(verifyJws(token, keyOf))).toBe("access_token_invalid");
  });
});

describe("verifyJws() rejects, though the signature is right,", () => {
  it.each([
    ["a header with a name in it twice", '{"alg":"EdDSA","kid":"a","kid":"b"}'],
    ["the same, spelled with an escape", '{"alg":"EdDSA","kid":"a","\\u006bid":"b"}'],
    ["an algorithm named twice", '{"alg":"none","alg":"EdDSA"}'],
    ["the curve's own name for the algorithm", { alg: "Ed25519" }],
    ["Ed448 under that name", { alg: "Ed448" }],
    ["an extension that has to be understood", { alg: "EdDSA", crit: ["exp"], exp: 1 }],
    ["a payload that is not encoded", { alg: "EdDSA", crit: ["b64"], b64: false }],
    ["a header that is a list", "[]"],
    ["a header that is no JSON", "{alg:EdDSA}"],
    ["a header with a mark of order before it", '\ufeff{"alg":"EdDSA"}'],
  ])("%s", async (_, header) => {
    expect(await reasonOf(verifyJws(await signed(header, "x"), keyOf))).toBe("access_token_invalid");
  });

  it("anything as long as nothing of ours is, before it is read", async () => {
    const ofLength = (length: number) => `AAAA.${"A".repeat(length - 92)}.${"A".repeat(86)}`;
    expect([4096, 4100].map((length) => isCanonicalCompact(ofLength(length)))).toEqual([true, false]);
    const long = await signed({ alg: "EdDSA" }, "x".repeat(3_000));
    expect(long.length).toBeGreaterThan(4096);
    expect(await reasonOf(verifyJws(long, keyOf))).toBe("access_token_invalid");
  });

  it("and asks for the key by its id alone: an address, a key or a certificate in the header counts for nothing", async () => {
    const asked: unknown[] = [];
    const header = {
      alg: "EdDSA",
      kid: "k",
      jku: "https://evil.test",
      jwk: { kty: "OKP", crv: "Ed25519", x },
      x5u: "y",
    };
    await verifyJws(await signed(header, "x"), (kid) => {
      asked.push(kid);
      return keyOf();
    });
    expect(asked).toEqual(["k"]);
  });
});

describe("parseObject() rejects", () => {
  it.each([
    ["a name that stands twice", '{"sub":"a","sub":"b"}'],
    ["the same, spelled with an escape", '{"sub":"a","s\\u0075b":"b"}'],
    ["a prototype", '{"__proto__":{"role":"admin"}}'],
    ["a mark of order", '\ufeff{"a":1}'],
    ["a list", "[1]"],
    ["null", "null"],
    ["a text", '"a"'],
    ["something behind it", '{"a":1}x'],
    ["a comment", '{"a":1/* */}'],
    ["a number that is none", '{"exp":NaN}'],
    ["a number in hexadecimal", '{"exp":0x10}'],
    ["a number with a plus", '{"exp":+1}'],
    ["a comma too many", '{"a":1,}'],
    ["names without quotes", "{a:1}"],
  ])("%s", (_, json) => expect(() => parseObject(Buffer.from(json))).toThrow());

  it("octets that are no UTF-8, also inside a text", () => {
    expect(() => parseObject(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow();
    expect(() => parseObject(Buffer.from('{"sub":"\xff"}', "latin1"))).toThrow();
  });
  it("but nothing else", () =>
    expect(parseObject(Buffer.from(' { "a" : {"b":[1e3]} }\n'))).toEqual({ a: { b: [1000] } }));
});

describe("signJws()", () => {
  const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const claims = fc.dictionary(
    fc.string().filter((name) => name !== "__proto__"),
    fc.jsonValue(),
  );

  it("makes what jose verifies, with the header and the claims that were given", async () => {
    await fc.assert(
      fc.asyncProperty(seed, claims, async (octets, payload) => {
        const key = await signingKeyOf(octets);
        const verified = await compactVerify(signJws("at+jwt", payload, key), key.publicKey, { algorithms: ["EdDSA"] });
        expect(verified.protectedHeader).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: key.kid });
        expect(JSON.parse(text(verified.payload))).toEqual(JSON.parse(JSON.stringify(payload)));
      }),
      { numRuns: 60 },
    );
  });

  it("makes what jose makes, to the octet: Ed25519 draws nothing random", async () => {
    const key = await signingKeyOf(Buffer.from(d, "base64url"));
    const jwk = { kty: "OKP", crv: "Ed25519", x, d };
    const payload = { sub: "ada", iat: 1, exp: 2, name: "Ada Lovelace, né „Byron“ \u{1f469}" };
    const byJose = new SignJWT(payload).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: key.kid });
    expect(signJws("at+jwt", payload, key)).toBe(await byJose.sign(jwk));
  });
});
