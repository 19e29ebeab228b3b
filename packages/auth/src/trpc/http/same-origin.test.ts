import { describe, expect, it } from "vitest";
import { AuthError } from "../../core/domain/errors.ts";
import { isLoopback, rejectCrossSite } from "./same-origin.ts";

function isRejected(appUrl: string, origin: string | null, site: string | null): boolean {
  const headers = new Headers();
  if (origin !== null) headers.set("origin", origin);
  if (site !== null) headers.set("sec-fetch-site", site);
  try {
    rejectCrossSite(headers, appUrl);
    return false;
  } catch (error) {
    if (error instanceof AuthError && error.reason === "cross_site_request" && error.status === 403) return true;
    throw error;
  }
}

const sites = [null, "none", "same-origin", "same-site", "cross-site", "", "SAME-ORIGIN", "something-new"] as const;
const goodSites: readonly (string | null)[] = [null, "none", "same-origin"];

interface AppCase {
  appUrl: string;
  own: string[];
  foreign: string[];
}

const apps: AppCase[] = [
  {
    appUrl: "https://app.example.com",
    own: ["https://app.example.com"],
    foreign: [
      "null",
      "",
      "https://evil.test",
      "https://example.com",
      "https://evil.example.com",
      "https://app.example.com.evil.test",
      "https://app.example.com@evil.test",
      "https://xapp.example.com",
      "https://app.example.com.",
      "https://app.example.com:443",
      "https://app.example.com:8443",
      "https://app.example.com/",
      "http://app.example.com",
      "HTTPS://APP.EXAMPLE.COM",
      "app.example.com",
      "//app.example.com",
      "https://app.example.com https://evil.test",
      "https://app.example.com, https://evil.test",
      "http://localhost:3000",
      "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
      "file://",
    ],
  },
  {
    appUrl: "https://app.example.com/some/path",
    own: ["https://app.example.com"],
    foreign: ["https://app.example.com/some/path", "https://app.example.com:8080"],
  },
  {
    appUrl: "https://app.example.com:8443",
    own: ["https://app.example.com:8443"],
    foreign: ["https://app.example.com", "https://app.example.com:443", "https://app.example.com:84430"],
  },
  {
    appUrl: "http://localhost:3000",
    own: ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"],
    foreign: [
      "null",
      "http://localhost",
      "http://localhost:3001",
      "https://localhost:3000",
      "http://evil.localhost:3000",
      "http://localhost.evil.test:3000",
      "http://127.0.0.2:3000",
      "http://0.0.0.0:3000",
      "http://192.168.1.5:3000",
    ],
  },
  {
    appUrl: "http://127.0.0.1:3000",
    own: ["http://localhost:3000", "http://127.0.0.1:3000"],
    foreign: ["http://127.0.0.1:3001"],
  },
  { appUrl: "http://[::1]:3000", own: ["http://[::1]:3000"], foreign: ["http://[::2]:3000"] },
  { appUrl: "http://localhost", own: ["http://localhost"], foreign: ["http://localhost:3000"] },
];

describe.each(apps)("rejectCrossSite() for $appUrl", ({ appUrl, own, foreign }) => {
  it.each(sites)("with Sec-Fetch-Site %j", (site) => {
    const right = goodSites.includes(site);
    for (const origin of own) expect([origin, isRejected(appUrl, origin, site)]).toEqual([origin, !right]);
    // A foreign Origin is refused also when something says that the site is the same.
    for (const origin of foreign) expect([origin, isRejected(appUrl, origin, site)]).toEqual([origin, true]);
    // No Origin: a browser's navigation or GET, or no browser.
    expect(isRejected(appUrl, null, site)).toBe(!right);
  });
});

describe("isLoopback()", () => {
  it.each([
    "http://localhost",
    "http://localhost:3000/x",
    "https://127.0.0.1:3000",
    "http://[::1]:3000",
    "http://LOCALHOST:3000",
    "http://0x7f.1",
  ])("is true for %s", (url) => expect(isLoopback(url)).toBe(true));
  it.each([
    "https://example.com",
    "http://localhost.example.com",
    "http://evil.localhost",
    "http://192.168.0.1",
    "http://0.0.0.0",
    "http://127.0.0.1.example.com",
    "http://localhost@evil.test",
  ])("is false for %s", (url) => expect(isLoopback(url)).toBe(false));
});
