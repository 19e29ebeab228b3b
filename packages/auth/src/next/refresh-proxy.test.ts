import { expect, it } from "vitest";
import { createTestAuth, fromBrowser, registerAda, testIssuer } from "../testing/test-auth.ts";
import { createTransport, headersSink } from "../trpc/transport.ts";
import { createRefreshProxy } from "./refresh-proxy.ts";

const endedHeader = "x-ended";

async function prepared() {
  const { auth, clock, events } = createTestAuth();
  const transport = createTransport({ appUrl: testIssuer });
  const issued = await registerAda(auth, fromBrowser);
  const answer = new Headers();
  transport.setCookies(headersSink(answer), answer, issued);
  const cookie = answer.getSetCookie().map((one) => one.split(";", 1)[0]);
  return {
    auth,
    clock,
    events,
    issued,
    cookie: cookie.join("; "),
    refresh: createRefreshProxy({ auth, transport, endedHeader }),
  };
}

it("tells the page why the session is over, and believes no request that says so itself", async () => {
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

it("lets an unexpected error out, and takes two refresh tokens in one request for none", async () => {
  const { auth, clock, cookie } = await prepared();
  const transport = createTransport({ appUrl: testIssuer });
  const broken = { ...auth, refresh: () => Promise.reject(new TypeError("a fault of ours")) };
  clock.advance(901_000);
  const failing = createRefreshProxy({ auth: broken, transport });
  await expect(failing({ headers: new Headers({ cookie }) }, () => new Response())).rejects.toThrow("a fault of ours");
  const doubled = new Headers({ cookie: `${cookie}; __Host-watchword.refresh=planted` });
  const response = await failing({ headers: doubled }, () => new Response());
  expect(response.headers.getSetCookie()).toEqual([]);
});
