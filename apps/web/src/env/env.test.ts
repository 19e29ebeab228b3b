import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readEnv } from "./env.ts";

const good = "nLx2v7QwR9tYb4ZcVg6HjK8mPs3DfA1e";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchword-env-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const database = () => `file:${join(folder, "data", "watchword.db")}`;
const read = (environment: Record<string, string>) => readEnv({ DATABASE_URL: database(), ...environment });
const rejectionOf = (environment: Record<string, string>): string => {
  try {
    read(environment);
  } catch (error) {
    return error instanceof Error ? `${error.name} ${error.message}` : "not an error";
  }
  return "none";
};

describe("readEnv() on this machine", () => {
  it("needs nothing at all", () => {
    expect(readEnv({ DATABASE_URL: database() })).toMatchObject({
      appUrl: "http://localhost:3000",
      local: true,
      accessTokenTtlSeconds: 900,
      refreshTokenTtlSeconds: 2_592_000,
      refreshIdleSeconds: 1_209_600,
      stepUpMaxAgeSeconds: 600,
      signingKeySeconds: 90 * 86_400,
      sessionsNotBefore: 0,
      keepEndedSessionsSeconds: 7 * 86_400,
      keepTimelineSeconds: 180 * 86_400,
      bcryptCost: 12,
      trustedProxyHops: 0,
    });
  });

  it("takes an instant before which no session counts, and none that has yet to come", () => {
    expect(read({ AUTH_NOT_BEFORE: "2026-01-31T13:00:00+01:00" }).sessionsNotBefore).toBe(Date.UTC(2026, 0, 31, 12));
    for (const wrong of ["2099-01-01T00:00:00Z", "yesterday", "2026-01-31"]) {
      expect(rejectionOf({ AUTH_NOT_BEFORE: wrong })).toMatch(/^ConfigError AUTH_NOT_BEFORE/);
    }
  });

  it("begins accounts at once or by mail, and by mail on a public site only where mail is sent", () => {
    expect(read({}).registration).toBe("at_once");
    expect(read({ REGISTRATION: "by_mail" }).registration).toBe("by_mail");
    expect(rejectionOf({ REGISTRATION: "never" })).toMatch(/^ConfigError REGISTRATION/);
    const site = { APP_URL: "https://login.example.org", AUTH_SECRET: good, REGISTRATION: "by_mail" };
    expect(rejectionOf(site)).toMatch(/^ConfigError REGISTRATION.*SMTP_URL/);
    const smtp = { SMTP_URL: "smtps://mail.example.org", MAIL_FROM: "login@example.org" };
    expect(read({ ...site, ...smtp }).registration).toBe("by_mail");
  });

  it("takes an SMTP server together with who mails are from, and neither by halves", () => {
    expect(read({}).mail).toBeUndefined();
    const smtp = { SMTP_URL: "smtps://user:pass%20word@mail.example.com", MAIL_FROM: "Watchword <login@example.com>" };
    expect(read(smtp).mail).toEqual({ smtpUrl: smtp.SMTP_URL, from: smtp.MAIL_FROM });
    expect(rejectionOf({ SMTP_URL: smtp.SMTP_URL })).toMatch(/^ConfigError MAIL_FROM/);
    for (const wrong of ["https://mail.example.com", "mail.example.com"]) {
      const said = rejectionOf({ ...smtp, SMTP_URL: wrong });
      expect(said).toMatch(/^ConfigError SMTP_URL/);
      expect(said).not.toContain("mail.example.com");
    }
    for (const from of ["nobody", "a@b.c, d@e.f", "A <a@b.c>\r\nBcc: x@y.z", '"A" <a@b.c>']) {
      expect(rejectionOf({ ...smtp, MAIL_FROM: from })).toMatch(/^ConfigError MAIL_FROM/);
    }
  });

  it("follows PORT", () => {
    expect(read({ PORT: "3100" }).appUrl).toBe("http://localhost:3100");
  });

  it("makes a secret once and keeps it, for its owner's eyes only", () => {
    const first = read({}).secrets;
    expect(read({}).secrets).toEqual(first);
    const path = join(folder, "data", "auth-secret");
    expect(readFileSync(path, "utf8").trim()).toBe(first[0]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "data")).mode & 0o777).toBe(0o700);
  });

  it("rejects a short or an example secret all the same", () => {
    expect(rejectionOf({ AUTH_SECRET: "short" })).toMatch(/^ConfigError AUTH_SECRET/);
    expect(rejectionOf({ AUTH_SECRET: "change-me-change-me-change-me-change-me" })).toMatch(/^ConfigError AUTH_SECRET/);
  });
});

describe("readEnv() on any other host", () => {
  const site = { APP_URL: "https://login.example.org" };

  it("does not start without https", () => {
    expect(rejectionOf({ APP_URL: "http://login.example.org", AUTH_SECRET: good })).toMatch(/^ConfigError APP_URL/);
  });

  it("takes one secret, or two while one is being replaced", () => {
    expect(read({ ...site, AUTH_SECRET: good })).toMatchObject({ local: false, secrets: [good] });
    expect(read({ ...site, AUTH_SECRET: `${good}, ${good}2` }).secrets).toEqual([good, `${good}2`]);
  });

  it.each([
    ["none", {}],
    ["an empty one", { AUTH_SECRET: "" }],
    ["a short one", { AUTH_SECRET: good.slice(1) }],
    ["one character again and again", { AUTH_SECRET: "a".repeat(64) }],
    ["the one of a tutorial", { AUTH_SECRET: "your-secret-key-your-secret-key-1234" }],
    ["an empty one beside a good one", { AUTH_SECRET: `${good},` }],
  ])("does not start with %s for a secret", (_what, secret) => {
    expect(rejectionOf({ ...site, ...secret })).toMatch(/^ConfigError AUTH_SECRET/);
  });

  it.each(["http://login.example.org", "http://localhost.example.org", "http://10.0.0.7:3000"])(
    "does not start over plain http: %s",
    (url) => {
      expect(rejectionOf({ APP_URL: url, AUTH_SECRET: good })).toMatch(/^ConfigError APP_URL/);
    },
  );

  it("does not start with hashes that are too cheap", () => {
    expect(rejectionOf({ ...site, AUTH_SECRET: good, BCRYPT_COST: "9" })).toMatch(/^ConfigError BCRYPT_COST/);
  });
});

it.each([
  ["PORT", "0"],
  ["PORT", "http"],
  ["APP_URL", "localhost:3000"],
  ["APP_URL", "ftp://example.org"],
  ["DATABASE_URL", "mysql://somewhere/else"],
  ["ACCESS_TOKEN_TTL_SECONDS", "0"],
  ["ACCESS_TOKEN_TTL_SECONDS", "1.5"],
  ["ACCESS_TOKEN_TTL_SECONDS", "15m"],
  ["KEEP_ENDED_SESSIONS_DAYS", "-1"],
  ["KEEP_TIMELINE_DAYS", "0"],
  ["BCRYPT_COST", "31"],
  ["PASSWORD_MIN_LENGTH", "4"],
  ["PASSWORD_PEPPER", "a-secret-without-its-id"],
  ["TRUSTED_PROXY_HOPS", "-1"],
  ["UPLOAD_MAX_BYTES", "1e400"],
  ["UPLOAD_MAX_BYTES", "1e3"],
  ["UPLOAD_MAX_BYTES", "0x10"],
  ["UPLOAD_MAX_BYTES", "25 MiB"],
  ["APP_URL", "https://example.test/app"],
  ["APP_URL", '"https://example.test"'],
  ["APP_URL", "https://user:secret@example.test"],
  ["DATABASE_URL", "file::memory:"],
  ["DATABASE_URL", "file:./a.db?mode=ro"],
  ["DATABASE_URL", "file://data/a.db"],
  ["TRUSTED_PROXY_HOPS", "11"],
  ["HSTS_INCLUDE_SUBDOMAINS", "perhaps"],
  ["LISTEN_ADDRESS", "example.com"],
])("readEnv() names the setting that cannot be right, and never its value: %s=%s", (name, value) => {
  const rejection = rejectionOf({ [name]: value });
  expect(rejection).toMatch(new RegExp(`^ConfigError ${name}`));
  if (value.length > 3) expect(rejection).not.toContain(value);
});

it("readEnv() reads peppers as their ids and their secrets", () => {
  const secret = "p".repeat(32);
  expect(read({}).peppers).toEqual([]);
  expect(read({ PASSWORD_PEPPER: `p2:${secret}:,p1:${secret}` }).peppers).toEqual([
    { id: "p2", secret: `${secret}:` },
    { id: "p1", secret },
  ]);
});

it("readEnv() takes white space around a value, and an empty one for none", () => {
  expect(read({ PORT: " 3100 ", BCRYPT_COST: "  ", HSTS_INCLUDE_SUBDOMAINS: "no" })).toMatchObject({
    appUrl: "http://localhost:3100",
    bcryptCost: 12,
    hstsSubdomains: false,
  });
});

it("readEnv() answers what is out of range with the setting, the range and the unit", () => {
  expect(rejectionOf({ HTTP_KEEP_ALIVE_SECONDS: "601", KEEP_TIMELINE_DAYS: "0" })).toBe(
    "ConfigError KEEP_TIMELINE_DAYS: use a whole number of days from 1 to 3650\nHTTP_KEEP_ALIVE_SECONDS: use a whole number of seconds from 1 to 600",
  );
});

it("readEnv() stops at a setting whose name is mistyped, and names the one that is meant", () => {
  expect(rejectionOf({ TRUSTED_PROXY_HOP: "1" })).toContain("Did you mean TRUSTED_PROXY_HOPS?");
});

it("readEnv() reads which proxies are trusted, and stops where that could not count", () => {
  const { trustedProxies } = read({ TRUSTED_PROXY_HOPS: "1", TRUSTED_PROXIES: "203.0.113.0/24, 2001:db8::7" });
  expect(["203.0.113.9", "2001:db8::7", "10.0.0.1"].map((address) => trustedProxies?.(address))).toEqual([
    true,
    true,
    false,
  ]);
  expect(rejectionOf({ TRUSTED_PROXY_HOPS: "1", TRUSTED_PROXIES: "nginx" })).toMatch(/^ConfigError TRUSTED_PROXIES/);
  expect(rejectionOf({ TRUSTED_PROXIES: "10.0.0.0/8" })).toMatch(/^ConfigError TRUSTED_PROXY_HOPS/);
});
