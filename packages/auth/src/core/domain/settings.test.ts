import { describe, expect, it } from "vitest";
import { createTestAuth } from "../../testing/test-auth.ts";
import { ConfigError } from "./config-error.ts";
import { type AuthSettings, authDefaults, checkSecrets, resolveSettings } from "./settings.ts";

function issue(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  return "";
}

describe("resolveSettings()", () => {
  it("has the defaults of the design: 15 minutes, 30 days, 14 idle days, 30 seconds, no horizon, 8 characters", () => {
    expect(resolveSettings({})).toEqual({
      accessTokenTtlSeconds: 900,
      refreshTokenTtlSeconds: 2_592_000,
      refreshIdleSeconds: 1_209_600,
      retryWindowSeconds: 30,
      reissueWindowSeconds: Number.POSITIVE_INFINITY,
      browserSessionTtlSeconds: 86_400,
      sessionsPerUser: 50,
      stepUpMaxAgeSeconds: 600,
      signingKeySeconds: 7_776_000,
      signingKeyAheadSeconds: 86_400,
      sessionsNotBefore: 0,
      passwordMinLength: 8,
      resetLinkSeconds: 1_800,
      verifyLinkSeconds: 86_400,
      changeLinkSeconds: 1_800,
      invitationLinkSeconds: 604_800,
      mailsPerAddressPerHour: 5,
      registration: "at_once",
    });
    expect(resolveSettings({})).toMatchObject(authDefaults);
  });

  it("keeps the repeat window below an access token's life, by itself", () => {
    expect(resolveSettings({ accessTokenTtlSeconds: 10 }).retryWindowSeconds).toBe(5);
    expect(resolveSettings({ accessTokenTtlSeconds: 1 }).retryWindowSeconds).toBe(0.5);
    expect(resolveSettings({ accessTokenTtlSeconds: 60 }).retryWindowSeconds).toBe(30);
  });

  it("takes what is given, and takes undefined for not given", () => {
    const given = {
      accessTokenTtlSeconds: 60,
      refreshTokenTtlSeconds: 3600,
      refreshIdleSeconds: 600,
      retryWindowSeconds: 0,
      reissueWindowSeconds: 0,
      browserSessionTtlSeconds: 1800,
      sessionsPerUser: 5,
      stepUpMaxAgeSeconds: 60,
      signingKeySeconds: 86_400,
      signingKeyAheadSeconds: 3_600,
      sessionsNotBefore: 1_767_225_600_000,
      passwordMinLength: 15,
      resetLinkSeconds: 60,
      verifyLinkSeconds: 600,
      changeLinkSeconds: 60,
      invitationLinkSeconds: 3_600,
      mailsPerAddressPerHour: 1,
      registration: "by_mail" as const,
    };
    expect(resolveSettings(given)).toEqual(given);
    const missing = JSON.parse("{}") as { passwordMinLength: number };
    expect(resolveSettings({ passwordMinLength: missing.passwordMinLength }).passwordMinLength).toBe(8);
  });

  const names = Object.keys(resolveSettings({})) as Array<keyof AuthSettings>;
  const wrong = [-1, -0.5, Number.NaN, "900", null, {}, Number.NEGATIVE_INFINITY] as number[];
  it.each(names.flatMap((name) => wrong.map((value) => [name, value] as const)))(
    "rejects %s %j and names it",
    (name, value) => {
      const message = issue(() => resolveSettings({ [name]: value }));
      expect(message.split("\n").map((line) => line.split(":")[0])).toContain(name);
    },
  );

  it.each([
    ["accessTokenTtlSeconds", 0],
    ["accessTokenTtlSeconds", 86_401],
    ["accessTokenTtlSeconds", 900.5],
    ["refreshTokenTtlSeconds", 0],
    ["refreshTokenTtlSeconds", 315_360_001],
    ["refreshTokenTtlSeconds", Number.POSITIVE_INFINITY],
    ["refreshIdleSeconds", 0],
    ["refreshIdleSeconds", Number.POSITIVE_INFINITY],
    ["retryWindowSeconds", 301],
    ["passwordMinLength", 7],
    ["passwordMinLength", 129],
  ] as const)("rejects %s %d and names it, never its value", (name, value) => {
    const message = issue(() => resolveSettings({ [name]: value }));
    expect(message).toMatch(new RegExp(`^${name}: `));
  });

  it("rejects settings that contradict each other", () => {
    expect(issue(() => resolveSettings({ accessTokenTtlSeconds: 3600, refreshTokenTtlSeconds: 1800 }))).toMatch(
      /^accessTokenTtlSeconds: /,
    );
    expect(issue(() => resolveSettings({ accessTokenTtlSeconds: 30, retryWindowSeconds: 30 }))).toMatch(
      /^retryWindowSeconds: /,
    );
  });

  it("names every setting that is wrong, one to a line", () => {
    const message = issue(() => resolveSettings({ refreshIdleSeconds: 0, passwordMinLength: 1 }));
    expect(message.split("\n").map((line) => line.split(":")[0])).toEqual(["refreshIdleSeconds", "passwordMinLength"]);
  });
});

describe("checkSecrets()", () => {
  const good = "q8Zr2mVn7XkT4cWb9LsY1hJf6GdP3aEu";

  it("takes 32 bytes of randomness, and several of them", () => {
    expect(issue(() => checkSecrets([good]))).toBe("");
    expect(issue(() => checkSecrets([good, good.toLowerCase()]))).toBe("");
  });

  it("counts bytes, not characters", () => {
    expect(issue(() => checkSecrets(["éàüöäçñøåæþðßĸŋœ"]))).toBe("");
  });

  const bad: Array<[string, string[]]> = [
    ["none", []],
    ["an empty one", [""]],
    ["31 bytes", [good.slice(1)]],
    ["a short one in second place", [good, good.slice(1)]],
    ["one letter over and over", ["a".repeat(64)]],
    ["few letters", ["abc".repeat(20)]],
    ["changeme", [`changeme-${good}`]],
    ["change-me", [`${good}-Change-Me`]],
    ["your secret", [`YOUR_SECRET_${good}`]],
    ["example", [`this-is-an-example-${good}`]],
    ["password", [`my-Password-${good}`]],
    ["digits in a row", [`x0123456789-${good}`]],
    ["an example in second place", [good, `replace_me_${good}`]],
  ];
  it.each(bad)("rejects %s, by the setting's name and never with the secret", (_, secrets) => {
    const message = issue(() => checkSecrets(secrets));
    expect(message).toMatch(/^AUTH_SECRET: /);
    for (const secret of secrets.filter((one) => one !== "")) expect(message).not.toContain(secret);
  });
});

describe("createAuth()", () => {
  it("starts with nothing that cannot be right", () => {
    expect(issue(() => createTestAuth({ secrets: ["short"] }))).toMatch(/^AUTH_SECRET: /);
    expect(issue(() => createTestAuth({ accessTokenTtlSeconds: 0 }))).toMatch(/^accessTokenTtlSeconds: /);
    expect(issue(() => createTestAuth({ passwordMinLength: 4 }))).toMatch(/^passwordMinLength: /);
  });

  it("shows its settings, and no secret among them", () => {
    const { auth } = createTestAuth({ accessTokenTtlSeconds: 60 });
    expect(auth.settings).toEqual(resolveSettings({ accessTokenTtlSeconds: 60 }));
    expect(auth.issuer).toBe("https://app.test");
  });
});
