import { expect, it } from "vitest";
import { createTestApp, type TestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

/** A cache that several people share, as greedy as RFC 9111 lets it be: by address alone, whatever is not forbidden. */
function createSharedCache({ handler }: TestApp) {
  const kept = new Map<string, Response>();
  let hits = 0;
  return {
    hits: () => hits,
    async ask(request: Request): Promise<Response> {
      const known = request.method === "GET" ? kept.get(request.url) : undefined;
      if (known) {
        hits += 1;
        return known.clone();
      }
      const response = await handler(request);
      const forbidden = /no-store|private/.test(response.headers.get("cache-control") ?? "");
      if (request.method === "GET" && !forbidden) kept.set(request.url, response.clone());
      return response;
    },
  };
}

it("a cache in front that several people share keeps nothing of anybody's, and no cookie (H11)", async () => {
  const app = createTestApp();
  const cache = createSharedCache(app);
  const login = async (username: string) => {
    const input = { ...ada, username, email: `${username}@example.com` };
    const headers = { "content-type": "application/json" };
    const request = new Request(`${app.url}/auth.register`, { method: "POST", headers, body: JSON.stringify(input) });
    const response = await cache.ask(request);
    expect(response.headers.get("cache-control")).toBe("no-store");
    return response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  };
  const people = { ada: await login("ada"), grace: await login("grace") };
  for (const path of ["auth.me", "auth.sessions", "auth.timeline", "app.mine"]) {
    for (const [name, cookies] of Object.entries(people)) {
      const request = new Request(`${app.url}/${path}`, { headers: { cookie: cookies.join("; ") } });
      const text = await (await cache.ask(request)).text();
      if (path === "auth.me" || path === "app.mine") expect(text).toContain(name);
    }
    const nobody = await cache.ask(new Request(`${app.url}/${path}`));
    expect(nobody.status, path).toBe(401);
    expect(nobody.headers.get("cache-control")).toBe("no-store");
  }
  expect(cache.hits()).toBe(0);
});
