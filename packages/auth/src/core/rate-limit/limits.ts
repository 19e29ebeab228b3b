import { createHash } from "node:crypto";
import type { IpNetwork, RateLimitKey, RateLimitRules, RateLimitScope, RateLimitWindow } from "../domain/rate-limit.ts";
import { ipNetworksOf } from "./ip-networks.ts";

/** How many in a minute, and how many in an hour. */
const windows = (aMinute: number, anHour: number): readonly RateLimitWindow[] => [
  { tries: aMinute, perSeconds: 60 },
  { tries: anHour, perSeconds: 3_600 },
];

/** Why so many: docs/decisions/0017-limits.md. */
export const rateLimitRules: RateLimitRules = {
  pair: windows(5, 20),
  device: windows(5, 20),
  account: windows(20, 100),
  address: windows(30, 200),
  registration: windows(10, 60),
  mail: windows(10, 60),
  proof: windows(5, 20),
  userProof: windows(10, 40),
  // A code of six digits, three of which are right at a time: a guess in a thousand within 300 tries, so 60 in a day.
  secondFactor: [...windows(5, 20), { tries: 60, perSeconds: 86_400 }],
};

/** Who tries to log in, as far as it is known. */
export interface LoginAttempt {
  /** The canonical form of what was typed, known or unknown: an unknown name is slowed down like a known one. */
  account: string;
  ipAddress: string | null;
  /** The id of a device that this very account has logged in from before. */
  deviceId: string | undefined;
}

/**
 * What a login counts for, in the order in which it is asked. A known device stands outside of what strangers do to the
 * account, so that they cannot keep its owner out; and a client that is out of tries from one address spends none of the account's.
 */
export function loginKeys({ account, ipAddress, deviceId }: LoginAttempt): RateLimitKey[] {
  if (deviceId !== undefined) return [keyOf("device", deviceId)];
  const networks = addressScopes(ipAddress);
  const accountAndIps = networks.map((network) => keyOfNetwork("pair", network, account));
  const addresses = networks.map((network) => keyOfNetwork("address", network));
  return [...accountAndIps, ...addresses, keyOf("account", account)];
}

/** For what is done without a login, and costs the server or a third party something each time. */
export function ipKeys(scope: "registration" | "mail", ipAddress: string | null): RateLimitKey[] {
  return addressScopes(ipAddress).map((network) => keyOfNetwork(scope, network));
}

/** Who gives their password again, in a session that is logged in. */
export interface StepUpAttempt {
  userId: string;
  sessionId: string;
}

/**
 * The session first: one that is out of tries spends none of the user's. Logins count under neither, so that an attacker who holds
 * stolen sessions keeps no user from logging in.
 */
export function stepUpKeys({ userId, sessionId }: StepUpAttempt): RateLimitKey[] {
  return [keyOf("proof", sessionId), keyOf("userProof", userId)];
}

/** Who has proved the first factor, and answers a challenge for the second. */
export interface SecondFactorAttempt {
  userId: string;
  deviceId: string | undefined;
}

/** A known device stands outside of what a thief of the password does, as at a login. */
export function secondFactorKeys({ userId, deviceId }: SecondFactorAttempt): RateLimitKey[] {
  return [deviceId === undefined ? keyOf("secondFactor", userId) : keyOf("device", deviceId)];
}

/**
 * What counts as one place: an IPv4 address, and the /64 of an IPv6 one, because a client with one has 2^64 of them (RFC 6177).
 * This machine's own counts like any other: a proxy on it may not say for whom it forwards. Undefined for an address that is not known.
 */
export function addressScope(ipAddress: string | null): string | undefined {
  return ipAddress === null ? undefined : ipNetworksOf(ipAddress)[0].name;
}

/** The place, and the wider networks around it that one person may have, each with its own allowance. */
export function addressScopes(ipAddress: string | null): readonly IpNetwork[] {
  return ipAddress === null ? [] : ipNetworksOf(ipAddress);
}

function keyOfNetwork(scope: RateLimitScope, { name, factor }: IpNetwork, ...parts: string[]): RateLimitKey {
  return { ...keyOf(scope, name, ...parts), factor };
}

function keyOf(scope: RateLimitScope, ...parts: string[]): RateLimitKey {
  const id = createHash("sha256")
    .update(JSON.stringify([scope, ...parts]))
    .digest("base64url")
    .slice(0, 24);
  return { scope, id, factor: 1 };
}
