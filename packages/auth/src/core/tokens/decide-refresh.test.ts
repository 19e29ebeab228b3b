import { describe, expect, it } from "vitest";
import { testStart } from "../../testing/fake-clock.ts";
import { aNewUser, aSession, seededRandomBytes } from "../../testing/fixtures.ts";
import type { StoredSession, User } from "../domain/model.ts";
import { hashSecret } from "../domain/secrets.ts";
import { decideRefresh, idleEnd, type SessionLimits, sessionEnd } from "./decide-refresh.ts";
import type { RefreshToken } from "./refresh-token.ts";

const second = 1000;
const day = 86_400 * second;
const limits: SessionLimits = {
  idleMs: 14 * day,
  retryWindowMs: 30 * second,
  reissueWindowMs: Number.POSITIVE_INFINITY,
  notBefore: 0,
};
const strict: SessionLimits = { ...limits, retryWindowMs: 0, reissueWindowMs: 0 };

const random = seededRandomBytes("session.test");
const family = random(16);
/** The secrets of one session's tokens, by what they are to a row of generation 5. */
const secrets = { next: random(32), lastUsed: random(32), older: random(32), unknown: random(32) };
const user: User = aNewUser();
const row = aSession({
  userId: user.id,
  delivery: "cookie",
  generation: 5,
  familyHash: hashSecret(family),
  nextHash: hashSecret(secrets.next),
  lastUsedHash: hashSecret(secrets.lastUsed),
  rotatedAt: testStart,
  expiresAt: testStart + 30 * day,
});
const neverRefreshed = { ...row, generation: 0, lastUsedHash: null };

interface Case {
  is: string;
  secret: keyof typeof secrets;
  /** What the token says of itself; by default what its secret is to the row. */
  generation?: number;
  family?: Uint8Array;
  session?: Partial<StoredSession>;
  user?: Partial<User>;
  /** Milliseconds since the last rotation. */
  age?: number;
  delivery?: "cookie" | "body";
  limits?: SessionLimits;
  gives: string;
}

const generationOf = { next: 5, lastUsed: 4, older: 3, unknown: 5 } as const;

function decide(given: Case): string {
  const token: RefreshToken = {
    sessionId: row.id,
    generation: given.generation ?? generationOf[given.secret],
    familySecret: given.family ?? family,
    secret: secrets[given.secret],
  };
  const found = { session: { ...row, ...given.session }, user: { ...user, ...given.user } };
  const { delivery = "cookie", age = 0 } = given;
  const decision = decideRefresh(found, token, { delivery, now: testStart + age, limits: given.limits ?? limits });
  return decision.do === "reject" ? `reject ${decision.reason} (${decision.why})` : decision.do;
}

const invalid = (why: string) => `reject refresh_token_invalid (${why})`;
const expired = "reject session_expired (session_expired)";
const revoked = "reject session_revoked (session_revoked)";
const disabled = "reject account_disabled (account_disabled)";
const otherFamily = seededRandomBytes("somebody else")(16);
const yearLong = { expiresAt: testStart + 365 * day };

describe("decideRefresh(), row 0: rejects and changes nothing", () => {
  const cases: Case[] = [
    { is: "wrong family", secret: "next", family: otherFamily, gives: invalid("wrong_family") },
    { is: "wrong family, spent token", secret: "older", family: otherFamily, gives: invalid("wrong_family") },
    {
      is: "wrong family, ended session",
      secret: "next",
      family: otherFamily,
      session: { revokedAt: 1 },
      gives: invalid("wrong_family"),
    },
    {
      is: "wrong family, disabled user",
      secret: "next",
      family: otherFamily,
      user: { disabledAt: 1 },
      gives: invalid("wrong_family"),
    },
    {
      is: "wrong family, wrong delivery",
      secret: "next",
      family: otherFamily,
      delivery: "body",
      gives: invalid("wrong_family"),
    },
    { is: "family of no length", secret: "next", family: new Uint8Array(0), gives: invalid("wrong_family") },
    { is: "ended session", secret: "next", session: { revokedAt: testStart, revokedReason: "logout" }, gives: revoked },
    { is: "ended session, last-used token", secret: "lastUsed", session: { revokedAt: testStart }, gives: revoked },
    { is: "ended session, spent token", secret: "older", session: { revokedAt: testStart }, gives: revoked },
    { is: "ended at 1970", secret: "next", session: { revokedAt: 0 }, gives: revoked },
    { is: "older credentials", secret: "next", user: { credentialVersion: 2 }, gives: revoked },
    { is: "newer credentials than the user's", secret: "next", session: { credentialVersion: 2 }, gives: revoked },
    { is: "disabled user", secret: "next", user: { disabledAt: testStart }, gives: disabled },
    { is: "disabled user, spent token", secret: "older", user: { disabledAt: testStart }, gives: disabled },
    {
      is: "disabled user, their session ended for it",
      secret: "next",
      user: { disabledAt: 0 },
      session: { revokedAt: 0 },
      gives: disabled,
    },
    { is: "cookie session's token in a body", secret: "next", delivery: "body", gives: invalid("wrong_delivery") },
    {
      is: "body session's token in a cookie",
      secret: "next",
      session: { delivery: "body" },
      gives: invalid("wrong_delivery"),
    },
    { is: "wrong delivery, spent token (R19)", secret: "older", delivery: "body", gives: invalid("wrong_delivery") },
    { is: "wrong delivery, last-used token", secret: "lastUsed", delivery: "body", gives: invalid("wrong_delivery") },
    { is: "idled out, spent token", secret: "older", age: 14 * day, gives: expired },
  ];
  it.each(cases)("$is: $gives", (given) => expect(decide(given)).toBe(given.gives));

  it("an unknown session", () => {
    const token = { sessionId: row.id, generation: 5, familySecret: family, secret: secrets.next };
    expect(decideRefresh(undefined, token, { delivery: "cookie", now: testStart, limits })).toEqual({
      do: "reject",
      reason: "refresh_token_invalid",
      why: "unknown_session",
    });
  });
});

describe("decideRefresh(), rows 1 to 4", () => {
  const cases: Case[] = [
    { is: "row 1: the current token", secret: "next", gives: "rotate" },
    { is: "row 1: the first refresh", secret: "next", generation: 0, session: neverRefreshed, gives: "rotate" },
    { is: "row 1: days after the rotation", secret: "next", age: 13 * day, gives: "rotate" },
    {
      is: "row 1: the current token, ahead of itself",
      secret: "next",
      generation: 6,
      gives: invalid("generation_ahead"),
    },
    {
      is: "row 1: the current token, far ahead",
      secret: "next",
      generation: 0xffff_ffff,
      gives: invalid("generation_ahead"),
    },
    // The holder of the current token spoilt it themselves. Not row 1; row 3 by the letter, and harmless to others.
    { is: "row 3: the current token, behind itself", secret: "next", generation: 4, gives: "revoke" },
    { is: "row 2a: the last-used token at once", secret: "lastUsed", gives: "resend" },
    { is: "row 2a: whatever generation it says, behind", secret: "lastUsed", generation: 0, gives: "resend" },
    { is: "row 2a: whatever generation it says, ahead", secret: "lastUsed", generation: 99, gives: "resend" },
    {
      is: "row 2b: whatever generation it says",
      secret: "lastUsed",
      generation: 99,
      age: 31 * second,
      gives: "reissue",
    },
    { is: "row 2b: a week later", secret: "lastUsed", age: 7 * day, gives: "reissue" },
    { is: "row 3: a spent token, within the window", secret: "older", gives: "revoke" },
    { is: "row 3: a spent token, after the window", secret: "older", age: day, gives: "revoke" },
    { is: "row 3: a secret that never was one, behind", secret: "unknown", generation: 0, gives: "revoke" },
    { is: "row 3: a secret that never was one, this generation", secret: "unknown", generation: 5, gives: "revoke" },
    { is: "row 3: nothing was used yet", secret: "unknown", generation: 0, session: neverRefreshed, gives: "revoke" },
    { is: "row 4: one ahead (D06, D07)", secret: "unknown", generation: 6, gives: invalid("generation_ahead") },
    { is: "row 4: far ahead", secret: "unknown", generation: 0xffff_ffff, gives: invalid("generation_ahead") },
    {
      is: "row 4: ahead of a session never refreshed",
      secret: "unknown",
      generation: 1,
      session: neverRefreshed,
      gives: invalid("generation_ahead"),
    },
  ];
  it.each(cases)("$is: $gives", (given) => expect(decide(given)).toBe(given.gives));
});

describe("decideRefresh() at the boundaries (T06)", () => {
  const horizon = { ...limits, reissueWindowMs: 3600 * second };
  const cases: Case[] = [
    { is: "window - 1 ms", secret: "lastUsed", age: 30 * second - 1, gives: "resend" },
    { is: "window", secret: "lastUsed", age: 30 * second, gives: "resend" },
    { is: "window + 1 ms", secret: "lastUsed", age: 30 * second + 1, gives: "reissue" },
    { is: "idle - 1 ms", secret: "next", age: 14 * day - 1, gives: "rotate" },
    { is: "idle", secret: "next", age: 14 * day, gives: expired },
    { is: "idle + 1 ms", secret: "next", age: 14 * day + 1, gives: expired },
    { is: "idle - 1 ms, last-used", secret: "lastUsed", age: 14 * day - 1, gives: "reissue" },
    { is: "idle, last-used", secret: "lastUsed", age: 14 * day, gives: expired },
    { is: "absolute - 1 ms", secret: "next", age: day - 1, session: { expiresAt: testStart + day }, gives: "rotate" },
    { is: "absolute", secret: "next", age: day, session: { expiresAt: testStart + day }, gives: expired },
    { is: "absolute + 1 ms", secret: "next", age: day + 1, session: { expiresAt: testStart + day }, gives: expired },
    { is: "horizon - 1 ms", secret: "lastUsed", age: 3600 * second - 1, limits: horizon, gives: "reissue" },
    { is: "horizon", secret: "lastUsed", age: 3600 * second, limits: horizon, gives: "reissue" },
    { is: "horizon + 1 ms", secret: "lastUsed", age: 3600 * second + 1, limits: horizon, gives: "revoke" },
    {
      is: "no horizon, idle for a year",
      secret: "lastUsed",
      age: 300 * day,
      session: yearLong,
      limits: { ...limits, idleMs: 365 * day },
      gives: "reissue",
    },
  ];
  it.each(cases)("$is: $gives", (given) => expect(decide(given)).toBe(given.gives));
});

describe("decideRefresh() when the clock jumped backwards (T02)", () => {
  const cases: Case[] = [
    {
      is: "the age of a rotation in the future counts as none",
      secret: "lastUsed",
      age: -3600 * second,
      gives: "resend",
    },
    { is: "the current token rotates", secret: "next", age: -day, gives: "rotate" },
    { is: "a spent token is still one", secret: "older", age: -day, gives: "revoke" },
    { is: "the absolute end stays", secret: "next", age: -1, session: { expiresAt: testStart - 1 }, gives: expired },
  ];
  it.each(cases)("$is: $gives", (given) => expect(decide(given)).toBe(given.gives));
});

describe("decideRefresh() in strict mode (repeat window and re-arm horizon 0)", () => {
  const cases: Case[] = [
    { is: "the current token", secret: "next", limits: strict, gives: "rotate" },
    { is: "the last-used token, 1 ms later", secret: "lastUsed", age: 1, limits: strict, gives: "revoke" },
    { is: "the last-used token, a day later", secret: "lastUsed", age: day, limits: strict, gives: "revoke" },
    // The protocol's `fresh` is closed: at the very instant of the rotation even the strict mode repeats itself.
    { is: "the last-used token, in the same millisecond", secret: "lastUsed", age: 0, limits: strict, gives: "resend" },
  ];
  it.each(cases)("$is: $gives", (given) => expect(decide(given)).toBe(given.gives));
});

describe("sessionEnd()", () => {
  it("is undefined while the session lives, up to the last millisecond of its idle time", () => {
    const found = { session: row, user };
    const last = idleEnd(row, limits) - 1;
    expect([sessionEnd(found, testStart, limits), sessionEnd(found, last, limits)]).toEqual([undefined, undefined]);
    expect(sessionEnd(found, last + 1, limits)).toBe("session_expired");
  });

  it("is over when it began before the instant that the operator has set, and not when it began on it (D07)", () => {
    const at = (notBefore: number) => sessionEnd({ session: row, user }, testStart, { ...limits, notBefore });
    expect([at(row.createdAt), at(row.createdAt + 1)]).toEqual([undefined, "session_revoked"]);
  });

  it("says first what its owner has to know: disabled, then revoked, then expired", () => {
    const everything = { session: { ...row, revokedAt: 1, expiresAt: 1 }, user: { ...user, disabledAt: 1 } };
    expect(sessionEnd(everything, testStart, limits)).toBe("account_disabled");
    expect(sessionEnd({ ...everything, user }, testStart, limits)).toBe("session_revoked");
  });
});
