import { fromTerminal } from "@watchword/auth/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AppProcess, call, createAppFolder } from "./testing/app-process.ts";
import { openSocket, requestText, statusesIn } from "./testing/raw-socket.ts";

const page = async ({ url }: AppProcess, path = "/") => (await fetch(url + path)).text();

describe("serveApp() tells who calls", () => {
  it("by the socket, to the router and to pages alike, whatever a header says", async () => {
    const folder = await createAppFolder();
    const app = await folder.start();
    const { accessToken, refreshToken, stepUp } = await folder.login();
    const headers = {
      authorization: `Bearer ${accessToken}`,
      "x-step-up": String(stepUp?.token),
      "content-type": "application/json",
      "x-forwarded-for": "6.6.6.6",
      "x-real-ip": "6.6.6.6",
      forwarded: "for=6.6.6.6",
      "client-address": "6.6.6.6",
    };
    const body = JSON.stringify({ name: "Ada King" });
    expect((await fetch(`${app.url}/api/trpc/auth.changeName`, { method: "POST", headers, body })).status).toBe(200);
    // The token of before tells the old name, and is rejected for it.
    const { data: renewed } = await call(app, "auth.refresh", { input: { refreshToken } });
    const authorization = `Bearer ${renewed?.accessToken}`;
    const answered = await fetch(`${app.url}/api/trpc/auth.timeline?input={}`, {
      headers: { ...headers, authorization },
    });
    const { entries } = (await answered.json()).result.data;
    expect(entries.map(({ event, ipAddress }: Record<string, string>) => [event, ipAddress])).toContainEqual([
      "user_updated",
      "127.0.0.1",
    ]);
    expect(await (await fetch(app.url, { headers })).text()).toBe("page for 127.0.0.1");
  });

  it("by what our own proxies wrote, counted from the socket, where there are some", async () => {
    const app = await (await createAppFolder()).start({ env: { TRUSTED_PROXY_HOPS: "1" } });
    const forwarded = (value: string) => fetch(app.url, { headers: { "x-forwarded-for": value } });
    expect(await (await forwarded("6.6.6.6, ::ffff:198.51.100.7")).text()).toBe("page for 198.51.100.7");
    expect(await (await forwarded("203.0.113.9:41234")).text()).toBe("page for 203.0.113.9");
  });

  it("by the socket where a proxy forwards no address that can be read, under the limits, and logs it once", async () => {
    const app = await (await createAppFolder()).start({ env: { TRUSTED_PROXY_HOPS: "1" } });
    const log = collect(app);
    const guess = (forwardedFor?: string) =>
      fetch(`${app.url}/api/trpc/auth.login`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(forwardedFor ? { "x-forwarded-for": forwardedFor } : {}) },
        body: JSON.stringify({ identifier: "nobody-here", password: "not the password" }),
      });
    for (const unreadable of ["unknown", "_hidden", "a", "b:1", "[]"])
      expect((await guess(unreadable)).status).toBe(401);
    expect((await guess("c")).status).toBe(429);
    expect((await guess("203.0.113.9")).status).toBe(401);
    expect(await page(app)).toBe("page for 127.0.0.1");
    await expect
      .poll(() =>
        log()
          .filter(({ type }) => type === "client_address")
          .map(({ problem }) => problem),
      )
      .toEqual(["address_unreadable", "address_missing"]);
  });

  it("by the socket where the proxy at it is none of the trusted ones", async () => {
    const env = { TRUSTED_PROXY_HOPS: "1", TRUSTED_PROXIES: "192.0.2.0/24" };
    const app = await (await createAppFolder()).start({ env });
    const log = collect(app);
    for (const forged of [{ "x-forwarded-for": "6.6.6.6" }, { forwarded: "for=6.6.6.6" }]) {
      expect(await (await fetch(app.url, { headers: forged })).text()).toBe("page for 127.0.0.1");
    }
    await expect
      .poll(() => log().filter(({ type }) => type === "client_address"))
      .toMatchObject([{ problem: "proxy_not_trusted", advice: expect.stringContaining("TRUSTED_PROXIES") }]);
  });
});

describe("serveApp() stays alive", () => {
  it("when an error is not caught: it is logged, and other requests are served (X02)", async () => {
    const app = await (await createAppFolder()).start();
    const log = collect(app);
    for (const path of ["/throws-later", "/rejects-unseen"]) expect(await page(app, path)).toContain("page");
    await expect.poll(() => log().filter(({ where }) => where === "process").length).toBe(2);
    expect(JSON.stringify(log())).not.toContain("nobody caught this");
    expect((await call(app, "auth.me")).reason).toBe("access_token_missing");
  });

  it("whatever bytes it is sent (X02)", async () => {
    const app = await (await createAppFolder()).start();
    const log = collect(app);
    const path = fc.webPath({ size: "small" });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(path, fc.json())
        .map(([at, body]) => requestText(`/api/trpc${at}`, { body, headers: { Connection: "close" } })),
      fc
        .tuple(fc.base64String(), fc.string())
        .map(([name, value]) => `GET / HTTP/1.1\r\nHost: a\r\n${name}: ${value}\r\n\r\n`),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const one = openSocket(app.port, sent);
        one.socket.end();
        expect(statusesIn(await one.over).filter((status) => status >= 500)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(log().filter(({ level }) => level === "error")).toEqual([]);
    expect((await call(app, "auth.me")).reason).toBe("access_token_missing");
  });

  it.each([
    ["is closed", (app: AppProcess) => void app.child.stdout?.destroy()],
    ["is read by nobody", (app: AppProcess) => void app.child.stdout?.pause()],
  ])("when its log %s: logins go on (X05)", async (_, spoil) => {
    const folder = await createAppFolder();
    const app = await folder.start();
    spoil(app);
    let { refreshToken } = await folder.login();
    for (let time = 0; time < 100; time += 1) {
      const refreshed = await call(app, "auth.refresh", { input: { refreshToken } });
      expect(refreshed.status).toBe(200);
      refreshToken = String(refreshed.data?.refreshToken);
    }
    expect(app.child.exitCode).toBeNull();
  });

  it("when there are no more file descriptors: 503 for what needs one, and all is well when there are (X04)", async () => {
    const folder = await createAppFolder();
    const app = await folder.start({ openFiles: 64 });
    const { accessToken } = await folder.login();
    const upload = requestText("/api/trpc/files.upload", {
      body: "hello",
      headers: {
        Authorization: `Bearer ${accessToken}`,
        "Content-Type": "application/octet-stream",
        "X-File-Name": "a.txt",
      },
    });
    const early = openSocket(app.port, requestText("/", { method: "GET" }));
    await early.receives(/page/);
    const crowd = Array.from({ length: 100 }, () => openSocket(app.port, "GET / HTTP/1.1\r\n"));
    // Those that find no descriptor are let go of at once.
    await Promise.race(crowd.map(({ over }) => over));
    early.socket.write(upload);
    expect(statusesIn(await early.receives(/temporarily_unavailable/))).toEqual([200, 503]);
    for (const { socket } of crowd) socket.destroy();
    await expect
      .poll(() =>
        call(app, "auth.me", { token: accessToken }).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
    const later = openSocket(app.port, upload);
    expect(statusesIn(await later.receives(/"sizeBytes":5/))).toEqual([200]);
  });
});

describe("serveApp() and the end of its process", () => {
  it("is killed between any two steps of a session, and each next process knows all there is to know (X01)", async () => {
    const folder = await createAppFolder();
    const inNewProcess = async (path: string, what: Parameters<typeof call>[2]) => {
      const app = await folder.start();
      const answer = await call(app, path, what);
      app.child.kill("SIGKILL");
      await app.ended;
      return answer;
    };
    const first = await folder.login();
    expect((await inNewProcess("auth.me", { token: first.accessToken })).status).toBe(200);
    const refreshed = await inNewProcess("auth.refresh", { input: { refreshToken: first.refreshToken } });
    const next = String(refreshed.data?.refreshToken);
    // Its answer might have been lost with the process: the same token brings the same successor.
    const again = await inNewProcess("auth.refresh", { input: { refreshToken: first.refreshToken } });
    expect(again.data?.refreshToken).toBe(next);
    const token = String(again.data?.accessToken);
    expect((await inNewProcess("auth.logout", { input: { refreshToken: next } })).status).toBe(200);
    expect((await inNewProcess("auth.me", { token })).reason).toBe("session_revoked");
    expect((await inNewProcess("auth.refresh", { input: { refreshToken: next } })).reason).toBe("session_revoked");
    // Seven processes start, one after the other: on a busy machine that takes most of the time.
  }, 60_000);

  it("answers all that is under way after a stop signal, ends streams so that they reconnect, loses nothing, and ends in time (H14)", async () => {
    const folder = await createAppFolder();
    const app = await folder.start();
    const sessions = await Promise.all(Array.from({ length: 20 }, () => folder.login()));
    const { accessToken } = sessions[0] ?? (await folder.login());
    const bearer = { Authorization: `Bearer ${accessToken}` };
    const stream = openSocket(
      app.port,
      requestText("/api/trpc/live.changes", { method: "GET", headers: { ...bearer, Accept: "text/event-stream" } }),
    );
    await stream.receives(/"everything"/);
    const upload = openSocket(
      app.port,
      requestText("/api/trpc/files.upload", {
        headers: { ...bearer, "Content-Type": "application/octet-stream", "X-File-Name": "a", "Content-Length": 10 },
        body: "12345",
      }),
    );
    const slow = page(app, "/slow");
    await page(app); // by now all of these are on their way
    const refreshes = sessions.map(({ refreshToken }) => call(app, "auth.refresh", { input: { refreshToken } }));
    const [first] = await Promise.all(refreshes.slice(0, 1));
    expect(first?.status).toBe(200);
    const answered = performance.now();
    app.child.kill("SIGTERM");
    expect(await stream.receives(/temporarily_unavailable/)).not.toContain("internal_error");
    await expect.poll(() => openSocket(app.port).over).toBe(""); // nobody new is let in
    upload.socket.write("67890");
    expect(statusesIn(await upload.receives(/"sizeBytes":10/))).toEqual([200]);
    expect(await slow).toBe("page for 127.0.0.1");
    expect(await app.ended).toBe(0);
    expect(performance.now() - answered).toBeLessThan(5_000);
    for (const { status, data } of await Promise.all(refreshes)) {
      expect(status).toBe(200);
      // What was acknowledged is there: the successor is exchanged, and not merely repeated.
      folder.clock.set(Date.now());
      await folder.auth.refresh({ refreshToken: String(data?.refreshToken), ...fromTerminal });
    }
  });

  it("cuts what does not end when its time is up, and ends all the same (H14)", async () => {
    const app = await (await createAppFolder()).start({ env: { HTTP_SHUTDOWN_SECONDS: "1" } });
    const never = openSocket(app.port, requestText("/never", { method: "GET" }));
    await page(app);
    app.child.kill("SIGTERM");
    expect(await app.ended).toBe(0);
    expect(await never.over).toBe("");
  });

  it("ends at once on a second stop signal; two at the same moment count as one", async () => {
    const app = await (await createAppFolder()).start();
    openSocket(app.port, requestText("/never", { method: "GET" }));
    const slow = page(app, "/slow");
    await page(app);
    app.child.kill("SIGINT");
    app.child.kill("SIGINT");
    expect(await slow).toContain("page"); // 600 ms later
    app.child.kill("SIGINT");
    expect(await app.ended).toBe(1);
  });
});

/** What a process has logged so far. */
function collect({ child }: AppProcess): () => Array<Record<string, unknown>> {
  let written = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    written += chunk.toString();
  });
  return () =>
    written
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
}
