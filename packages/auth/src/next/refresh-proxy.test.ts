import { expect, it } from "vitest";
import type { Auth } from "../core/index.ts";
import { createTestAuth, fromBrowser, registerAda, testIssuer } from "../testing/test-auth.ts";
import { createTokenCookies, headersSink } from "../trpc/token-cookies.ts";
import { createRefreshProxy } from "./refresh-proxy.ts";

const endedHeader = "x-ended";

async function prepared() {
  const { auth, clock, events } = createTestAuth();
  const tokenCookies = createTokenCookies({ appUrl: testIssuer });
  const issued = await registerAda(auth, fromBrowser);
  const answer = new Headers();
  tokenCookies.setCookies(headersSink(answer), answer, issued);
  const cookie = answer.getSetCookie().map((one) => one.split(";", 1)[0]);
  return {
    auth,
    clock,
    events,
    issued,
    cookie: cookie.join("; "),
    refresh: createRefreshProxy({ auth, tokenCookies, endedHeader }),
  };
}

it("gives the page the reason why the session is over, and trusts no such header of a request", async () => {
  const { auth, issued, cookie, refresh } = await prepared();
  const seen: (string | null)[] = [];
  const see = (headers: Headers) => {
    seen.push(headers.get(endedHeader));
    return new Response();
  };
  await refresh({ headers: new Headers({ cookie, [endedHeader]: "forged" }) }, see);
  await auth.logout({ refreshToken: issued.refreshToken, accessToken: undefined });
  await refresh({ headers: new Headers({ cookie, [endedHeader]: "forged" }) }, see);
  expect(seen).toEqual([null, "session_revoked"]);
});

it.each([
  [false, 4],
  [true, 0],
])("clears dead cookies with a page, and not where it is told to keep them: %s", async (keepDeadCookies, cleared) => {
  const { auth, issued, cookie } = await prepared();
  const tokenCookies = createTokenCookies({ appUrl: testIssuer });
  await auth.logout({ refreshToken: issued.refreshToken, accessToken: undefined });
  const refresh = createRefreshProxy({ auth, tokenCookies, endedHeader, keepDeadCookies });
  let ended: string | null = null;
  const response = await refresh({ headers: new Headers({ cookie }) }, (headers) => {
    ended = headers.get(endedHeader);
    return new Response();
  });
  expect(ended).toBe("session_revoked");
  expect(response.headers.getSetCookie().filter((one) => one.includes("Max-Age=0"))).toHaveLength(cleared);
});

it.each([
  [891, 1],
  [889, 0],
])(
  "refreshes in the last ten seconds of an access token: %d s after it was made, %d rotations",
  async (age, rotations) => {
    const { clock, events, cookie, refresh } = await prepared();
    clock.advance(age * 1000);
    const response = await refresh({ headers: new Headers({ cookie }) }, () => new Response());
    expect(events.filter(({ type }) => type === "session_refreshed")).toHaveLength(rotations);
    expect(response.headers.getSetCookie()).toHaveLength(3 * rotations);
  },
);

it.each<[string, Partial<Auth>]>([
  ["the refresh", { refresh: () => Promise.reject(new TypeError("a fault of ours")) }],
  ["the look at the access token", { verify: () => Promise.reject(new TypeError("a fault of ours")) }],
])(
  "renders the page as it would without a refresh when %s throws an unexpected error, and tells of it",
  async (_, broken) => {
    const { auth, clock, cookie } = await prepared();
    const tokenCookies = createTokenCookies({ appUrl: testIssuer });
    clock.advance(901_000);
    const errors: unknown[] = [];
    const onError = (error: unknown) => {
      errors.push(error);
      throw new Error("the log is gone too");
    };
    const failing = createRefreshProxy({ auth: { ...auth, ...broken }, tokenCookies, onError });
    let seen: string | null = null;
    const response = await failing({ headers: new Headers({ cookie }) }, (headers) => {
      seen = headers.get("cookie");
      return new Response("the page");
    });
    expect([await response.text(), response.headers.getSetCookie(), seen]).toEqual(["the page", [], cookie]);
    expect(errors.map(String)).toEqual(["TypeError: a fault of ours"]);
  },
);

it("lets an error of the page out, and takes two refresh tokens in one request for none", async () => {
  const { clock, cookie, refresh } = await prepared();
  clock.advance(901_000);
  const page = () => Promise.reject(new TypeError("a fault of the page"));
  await expect(refresh({ headers: new Headers({ cookie }) }, page)).rejects.toThrow("a fault of the page");
  const doubled = new Headers({ cookie: `${cookie}; __Host-watchword.refresh=planted` });
  const response = await refresh({ headers: doubled }, () => new Response());
  expect(response.headers.getSetCookie()).toEqual([]);
});
