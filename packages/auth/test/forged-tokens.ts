import { createHmac, createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { RandomBytes } from "../src/core/domain/clock.ts";
import type { StoredSigningKey } from "../src/core/ports/key-store.ts";
import { keyTimes } from "../src/core/tokens/key-schedule.ts";
import { encryptPrivateKey, signingKeyOf } from "../src/core/tokens/signing-key.ts";
import { testStart } from "../src/testing/fake-clock.ts";
import {
  decode,
  encode,
  type ForgerTools,
  misspellings,
  type Row,
  wrongAlgorithms,
  wrongClaims,
  wrongHeaders,
  wrongKeysAndSignatures,
  wrongShapes,
  wrongTimes,
} from "./forged-token-tables.ts";

/** What an attacker can make who imitates another user: with the right key, to show that a signature is not enough. */
export interface Forger {
  /** A token that only the owner of the key can make. Objects are written as JSON; strings as they are. */
  forge(part: { header?: unknown; payload?: unknown; key?: KeyObject }): string;
  /** Each with what is wrong with it, signed with the right key where nothing else is said. */
  forged: Row[];
  /** Other spellings of the right token (RFC 7515 section 2, RFC 4648 section 3.5). */
  misspelt: Row[];
  anotherKey: KeyObject;
}

interface ForgerOptions {
  /** A right token, which all others are made from. */
  token: string;
  /** The private key that it was signed with. */
  seed: Uint8Array;
  /** The secret that encrypts the private key. */
  secret: string;
  issuer: string;
  random: RandomBytes;
}

/** A signing key whose private half the test knows, as it stands in a store. It signs for ten years. */
export async function knownSigningKey(
  seed: Uint8Array,
  secret: string,
  random: RandomBytes,
): Promise<StoredSigningKey> {
  const { kid, publicJwk } = await signingKeyOf(seed);
  const schedule = { signsForMs: 315_360_000_000, aheadMs: 0, overlapMs: 0, rememberedMs: 0 };
  return {
    seq: 1,
    ...keyTimes(testStart, testStart, schedule),
    kid,
    algorithm: "EdDSA",
    publicJwk: JSON.stringify(publicJwk),
    sealedPrivateKey: encryptPrivateKey(seed, kid, secret, random),
  };
}

function privateKeyOf(octets: Uint8Array): KeyObject {
  const key = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), octets]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

export async function createForger({ token, seed, secret, issuer, random }: ForgerOptions): Promise<Forger> {
  const { publicJwk } = await signingKeyOf(seed);
  const anotherKey = privateKeyOf(random(32));
  const tools = createForgerTools(token, { rightKey: privateKeyOf(seed), anotherKey, publicJwk });
  return {
    forge: tools.forge,
    forged: [
      ...wrongAlgorithms(tools, secret),
      ...wrongHeaders(tools),
      ...wrongKeysAndSignatures(tools),
      ...wrongTimes(tools),
      ...wrongClaims(tools, issuer),
      ...wrongShapes(tools),
    ],
    misspelt: misspellings(tools, random),
    anotherKey,
  };
}

function createForgerTools(
  token: string,
  keys: Pick<ForgerTools, "anotherKey" | "publicJwk"> & { rightKey: KeyObject },
): ForgerTools {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const rightHeader = decode(header);
  const rightPayload = decode(payload);

  function forge(part: { header?: unknown; payload?: unknown; key?: KeyObject }): string {
    const signed = `${encode(part.header ?? rightHeader)}.${encode(part.payload ?? rightPayload)}`;
    return `${signed}.${sign(null, Buffer.from(signed), part.key ?? keys.rightKey).toString("base64url")}`;
  }

  return {
    token,
    header,
    payload,
    signature,
    rightHeader,
    rightPayload,
    claims: rightPayload as ForgerTools["claims"],
    publicJwk: keys.publicJwk,
    anotherKey: keys.anotherKey,
    forge,
    forgeHmac(alg, key) {
      const signed = `${encode({ ...rightHeader, alg })}.${payload}`;
      return `${signed}.${createHmac(`sha${alg.slice(2)}`, key)
        .update(signed)
        .digest("base64url")}`;
    },
    signedWith: (octets) => `${header}.${payload}.${Buffer.from(octets).toString("base64url")}`,
    without: (name) => Object.fromEntries(Object.entries(rightPayload).filter(([key]) => key !== name)),
    withClaim: (changes) => forge({ payload: { ...rightPayload, ...changes } }),
    withHeader: (changes) => forge({ header: { ...rightHeader, ...changes } }),
  };
}
