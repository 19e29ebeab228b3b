import { describe, expect, it } from "vitest";
import { ada, createTestAuth, fromTerminal, reasonOf } from "../../testing/test-auth.ts";
import { type AuthSettings, checkSecrets, resolveSettings } from "./settings.ts";

const day = 86_400;
const tenYears = 315_360_000;

function issue(run: () => unknown): string {
  try {
    run();
    return "none";
  } catch (error) {
    return (error as Error).message;
  }
}

/** Others that a value at its bound needs, so as to contradict none of them. */
const beside: Partial<AuthSettings> = { accessTokenTtlSeconds: 900, signingKeySeconds: tenYears };

it.each<[keyof AuthSettings, least: number, most: number, also?: Partial<AuthSettings>]>([
  ["accessTokenTtlSeconds", 1, day],
  ["refreshTokenTtlSeconds", 1, tenYears, { accessTokenTtlSeconds: 1 }],
  ["refreshIdleSeconds", 1, tenYears],
  ["retryWindowSeconds", 0, 300],
  ["reissueWindowSeconds", 0, Number.POSITIVE_INFINITY],
  ["browserSessionTtlSeconds", 1, tenYears],
  ["sessionsPerUser", 1, 1_000],
  ["stepUpMaxAgeSeconds", 1, day],
  ["signingKeySeconds", 1, tenYears],
  ["signingKeyAheadSeconds", 0, tenYears - 1],
  ["passwordMinLength", 8, 128],
  ["resetLinkSeconds", 60, day],
  ["verifyLinkSeconds", 60, 30 * day],
  ["changeLinkSeconds", 60, day],
  ["invitationLinkSeconds", 60, 30 * day],
  ["mailsPerAddressPerHour", 1, 1_000],
])("%s may be from %d to %d, and neither less nor more", (name, least, most, also = {}) => {
  const outcome = (value: number) => issue(() => resolveSettings({ ...beside, ...also, [name]: value }));
  expect([least, most].map(outcome)).toEqual(["none", "none"]);
  expect(outcome(least - 1)).toContain(`${name}: `);
  if (most !== Number.POSITIVE_INFINITY) expect(outcome(most + 1)).toContain(`${name}: `);
});

describe("resolveSettings() says which settings contradict each other", () => {
  it.each<[Partial<AuthSettings>, string]>([
    [
      { accessTokenTtlSeconds: 61, refreshTokenTtlSeconds: 60 },
      "accessTokenTtlSeconds: An access token must not outlive its session (refreshTokenTtlSeconds)",
    ],
    [
      { signingKeySeconds: 60, signingKeyAheadSeconds: 60 },
      "signingKeyAheadSeconds: A key must be published before it signs for less time than it signs",
    ],
    [
      { accessTokenTtlSeconds: 60, retryWindowSeconds: 60 },
      "retryWindowSeconds: The repeat window must be shorter than an access token's life",
    ],
  ])("%j", (settings, sentence) => expect(issue(() => resolveSettings(settings))).toBe(sentence));

  it("and takes what is just so", () => {
    const settings = { accessTokenTtlSeconds: 60, refreshTokenTtlSeconds: 60, retryWindowSeconds: 59 };
    expect(issue(() => resolveSettings(settings))).toBe("none");
  });

  it("a key is published a day before it signs, or for half of its life where that is less", () => {
    const ahead = (signingKeySeconds: number) => resolveSettings({ signingKeySeconds }).signingKeyAheadSeconds;
    expect([100, 2 * day, 90 * day].map(ahead)).toEqual([50, day, day]);
  });
});

it("checkSecrets() says what is wrong", () => {
  expect(issue(() => checkSecrets([]))).toBe("AUTH_SECRET: there is none");
  expect(issue(() => checkSecrets(["short"]))).toBe("AUTH_SECRET: shorter than 32 bytes");
  const example = "AUTH_SECRET: looks like an example. Make one with: openssl rand -base64 48";
  expect(issue(() => checkSecrets(["qwertyuio".repeat(8)]))).toBe(example); // nine characters
  expect(issue(() => checkSecrets(["qwertyuiop".repeat(8)]))).toBe("none"); // and ten
  expect(() => checkSecrets([])).toThrow(expect.objectContaining({ name: "ConfigError" }));
  expect(issue(() => checkSecrets(["k7kQw".padEnd(9, "x") + "-ZtR3m_".repeat(5)]))).toBe("none");
});

describe("createAuth()", () => {
  it("wants an address to be the issuer", () => {
    const sentence = "issuer: give the app's origin, such as https://example.com";
    expect(issue(() => createTestAuth({ issuer: "example.com" }))).toBe(sentence);
  });

  it.each([
    ["https://login.watchmakers.example", "watchmakers99", "password_unacceptable"],
    ["https://login.auth.example", "login-login-7", "ok"],
    ["https://login.auth.example", "auth-auth-auth", "ok"],
    ["http://localhost:3000", "localhost-2026", "ok"],
    ["https://ink.example", "ink-ink-ink-7", "ok"],
  ])("at %s the password %j is %s: only the site's own names are no password", async (issuer, password, outcome) => {
    const { auth } = createTestAuth({ issuer });
    expect(await reasonOf(auth.register({ ...ada, password, ...fromTerminal }))).toBe(outcome);
  });

  it("says what time it is by the clock that it was given", () => {
    const { auth, clock } = createTestAuth();
    clock.advance(12_345);
    expect(auth.now()).toBe(clock.now());
  });

  it("goes by every setting that it is given", () => {
    const given: Partial<AuthSettings> = {
      accessTokenTtlSeconds: 61,
      refreshTokenTtlSeconds: 62,
      refreshIdleSeconds: 63,
      retryWindowSeconds: 4,
      reissueWindowSeconds: 5,
      browserSessionTtlSeconds: 66,
      sessionsPerUser: 7,
      stepUpMaxAgeSeconds: 68,
      signingKeySeconds: 69,
      signingKeyAheadSeconds: 10,
      sessionsNotBefore: 11,
      passwordMinLength: 12,
      resetLinkSeconds: 73,
      verifyLinkSeconds: 74,
      changeLinkSeconds: 75,
      invitationLinkSeconds: 76,
      mailsPerAddressPerHour: 16,
    };
    expect(createTestAuth(given).auth.settings).toMatchObject(given);
  });
});
