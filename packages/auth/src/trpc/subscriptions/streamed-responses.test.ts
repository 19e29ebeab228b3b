import { createTRPCClient, type HTTPBatchLinkOptions, httpBatchStreamLink } from "@trpc/client";
import type { AnyClientTypes } from "@trpc/server/unstable-core-do-not-import";
import { describe, expect, it } from "vitest";
import { cookiesOfAda, tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp, type Reply, type TestRouter } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

type Send = NonNullable<HTTPBatchLinkOptions<AnyClientTypes>["fetch"]>;

const login = { identifier: ada.username, password: ada.password };
const said = (reply: Reply) => [reply.status, reply.body.error.data.reason];
const batch = (paths: string[], inputs: unknown[]) =>
  [`${paths.join(",")}?batch=1`, Object.fromEntries(inputs.map((input, at) => [at, input]))] as const;

describe("createFetchHandler() answers in a stream", () => {
  it.each([
    { "trpc-accept": "application/jsonl" },
    { accept: "application/jsonl" },
    { accept: "application/jsonl, */*" },
    { accept: "text/event-stream" },
    { accept: "Text/Event-Stream;q=0.9, */*" },
  ])("no auth call that sets a cookie: the headers are gone by then: %j", async (headers) => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const before = app.passwords.calls.length;
    for (const path of ["auth.login", "auth.refresh", "auth.logout", "auth.changePassword", "app.add,auth.login"]) {
      const reply = await app.post(...batch([path], [login]), { ...headers, cookie });
      expect(said(reply)).toEqual([400, "stream_sets_no_cookies"]);
      expect(reply.setCookies).toEqual([]);
    }
    expect(app.passwords.calls).toHaveLength(before);
    expect((await app.get("auth.me", undefined, { cookie })).body.result.data.session).toMatchObject({ rotations: 0 });
  });

  it("nothing to a client that sends its logins over httpBatchStreamLink, and names the mistake", async () => {
    const app = createTestApp();
    const send: Send = (url, init) => app.handler(new Request(String(url), init as RequestInit));
    const client = createTRPCClient<TestRouter>({ links: [httpBatchStreamLink({ url: app.url, fetch: send })] });
    await expect(client.auth.login.mutate(login)).rejects.toMatchObject({
      message: "Send auth calls over httpLink: a streamed response cannot set cookies",
      data: { reason: "stream_sets_no_cookies", httpStatus: 400 },
    });
    await expect(Promise.all([client.auth.login.mutate(login), client.auth.logout.mutate()])).rejects.toMatchObject({
      data: { reason: "stream_sets_no_cookies" },
    });
  });

  it.each([
    ["auth.me", "authenticatedAt"],
    ["auth.sessions", "authenticatedAt"],
    ["auth.timeline", "session_created"],
  ])("and %s as a stream, as often as one likes: it sets no cookie", async (path, word) => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    const headers = { ...bearer, "trpc-accept": "application/jsonl" };
    const response = await app.handler(new Request(`${app.url}/${path},${path},app.mine?batch=1`, { headers }));
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining(word)]);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect((await app.get(...batch([path, path], []), bearer)).status).toBe(200);
  });

  it("every other call", async () => {
    const app = createTestApp();
    const response = await app.handler(
      new Request(`${app.url}/app.open,app.open?batch=1`, { headers: { "trpc-accept": "application/jsonl" } }),
    );
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("open")]);
    expect(response.headers.get("cache-control")).toContain("no-store");
  });
});
