import { request as httpRequest } from "node:http";
import { ada, completed } from "@watchword/auth/testing";
import { describe, expect, it } from "vitest";
import { maxFileBytes, startHttpApp } from "./testing/http-app.ts";
import { openSocket, requestText, statusesIn } from "./testing/raw-socket.ts";

const login = JSON.stringify({ identifier: ada.username, password: ada.password, delivery: "body" });
const loginText = requestText("/api/trpc/auth.login", { body: login });
const megabyte = 1024 * 1024;
const ours = "__Host-watchword.access-3000";

/** Somebody else, at the same time. */
async function isServed(url: string): Promise<boolean> {
  const [call, page] = await Promise.all([
    fetch(`${url}/api/trpc/auth.login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: login,
    }),
    fetch(`${url}/`),
  ]);
  return call.status === 200 && (await page.text()) === "page 0";
}

async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  await expect.poll(holds, { interval: 10, timeout: 5_000 }).toBe(true);
}

describe("createHttpServer() and clients that leave", () => {
  it("a request that breaks off after any of its bytes leaves no connection and no error behind (H01)", async () => {
    const app = await startHttpApp();
    for (let length = 1; length <= loginText.length; length += 1) {
      const { socket } = openSocket(app.port, loginText.slice(0, length));
      socket.once("connect", () => setImmediate(() => (length % 2 ? socket.resetAndDestroy() : socket.destroy())));
    }
    await eventually(async () => (await app.connections()) === 0);
    expect(app.errors).toEqual([]);
    expect(await isServed(app.url)).toBe(true);
  });

  it("an upload that breaks off leaves no file, no reserved space and no error behind (H01)", async () => {
    const app = await startHttpApp();
    const { user } = await completed(
      app.auth.login({
        ...JSON.parse(login),
        rememberMe: true,
        userAgent: null,
        ipAddress: null,
      }),
    );
    for (const sent of [0, 1, 65_536, 500_000]) {
      const headers = {
        ...app.bearer,
        "Content-Type": "application/octet-stream",
        "X-File-Name": "a.bin",
        "Content-Length": 1_000_000,
      };
      const upload = openSocket(app.port, requestText("/api/trpc/files.upload", { headers, body: "x".repeat(sent) }));
      await eventually(async () => (await app.usedBytes(user.id)) > 0);
      upload.socket.resetAndDestroy();
      await eventually(async () => (await app.usedBytes(user.id)) === 0);
    }
    expect(await app.files.list(user.id)).toEqual([]);
    expect(app.errors).toEqual([]);
  });
});

describe("createHttpServer() and slow clients", () => {
  it("200 that never end their headers are cut, and others are served meanwhile (H02)", async () => {
    const app = await startHttpApp({ limits: { headersTimeoutMs: 400 } });
    const slow = Array.from({ length: 200 }, (_, at) =>
      openSocket(app.port, at % 2 ? "" : "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "),
    );
    const drip = setInterval(() => {
      for (const { socket } of slow.filter((_, at) => at % 2 === 0)) socket.write("a");
    }, 50);
    await eventually(async () => (await app.connections()) === 200);
    expect(await isServed(app.url)).toBe(true);
    const ends = await Promise.all(slow.map(({ over }) => over));
    clearInterval(drip);
    expect(new Set(ends.map((received) => statusesIn(received).join()))).toEqual(new Set(["408"]));
  });

  it.each([
    ["a call", "/api/trpc/auth.login"],
    ["a form", "/login"],
  ])("those that drip the body of %s are cut with 408, and others are served meanwhile (H02)", async (_, path) => {
    const app = await startHttpApp({ limits: { bodyTimeoutMs: 300 } });
    const slow = Array.from({ length: 50 }, () =>
      openSocket(app.port, requestText(path, { headers: { "Content-Length": 1_000 } })),
    );
    const drip = setInterval(() => {
      for (const { socket } of slow) socket.write("{");
    }, 50);
    expect(await isServed(app.url)).toBe(true);
    const ends = await Promise.all(slow.map(({ over }) => over));
    clearInterval(drip);
    expect(new Set(ends.map((received) => statusesIn(received).join()))).toEqual(new Set(["408"]));
    expect(app.errors).toEqual([]);
  });

  it("an upload has a clock of its own: what takes longer than a form may arrive (H02)", async () => {
    const app = await startHttpApp({ limits: { bodyTimeoutMs: 100, uploadTimeoutMs: 60_000 } });
    const headers = { ...app.bearer, "Content-Type": "application/octet-stream", "X-File-Name": "a.txt" };
    const upload = openSocket(
      app.port,
      requestText("/api/trpc/files.upload", { headers: { ...headers, "Content-Length": 4 } }),
    );
    for (const byte of "slow") {
      await new Promise((resolve) => setTimeout(resolve, 60));
      upload.socket.write(byte);
    }
    expect(statusesIn(await upload.receives(/"sizeBytes":4/))).toEqual([200]);
  });

  it("one that does not read its answer is cut (H02)", async () => {
    const app = await startHttpApp({
      limits: { stallTimeoutMs: 300 },
      pages: async (_, outgoing) => {
        outgoing.end(Buffer.alloc(64 * megabyte));
        await new Promise((resolve) => outgoing.once("close", resolve));
      },
    });
    const { socket } = openSocket(app.port, requestText("/", { method: "GET" }));
    socket.pause();
    await eventually(async () => (await app.connections()) === 1);
    await eventually(async () => (await app.connections()) === 0);
    socket.destroy();
  });
});

describe("createHttpServer() and bodies", () => {
  it.each([
    ["a call", "/api/trpc/auth.login"],
    ["a form", "/login"],
  ])("%s that announces 100 MB is answered 413 before it sends them (H03)", async (_, path) => {
    const app = await startHttpApp();
    const { over, receives, socket } = openSocket(
      app.port,
      requestText(path, { headers: { "Content-Length": 100 * megabyte } }),
    );
    expect(statusesIn(await receives(/\r\n\r\n./))).toEqual([413]);
    socket.end();
    expect(await over).toMatch(/connection: close/i);
  });

  it("a call of no announced length is answered 413 at the limit, and memory stays flat (H03)", async () => {
    const app = await startHttpApp();
    const { socket, over } = openSocket(
      app.port,
      requestText("/api/trpc/auth.login", { headers: { "Content-Length": undefined, "Transfer-Encoding": "chunked" } }),
    );
    const before = process.memoryUsage().rss;
    const chunk = `${(65_536).toString(16)}\r\n${" ".repeat(65_536)}\r\n`;
    let sent = 0;
    const send = () => {
      while (!socket.destroyed && sent < 100 * megabyte && socket.writableLength < megabyte) {
        sent += 65_536;
        socket.write(chunk);
      }
    };
    socket.on("drain", send);
    send();
    expect(statusesIn(await over)).toEqual([413]);
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * megabyte);
    expect(await isServed(app.url)).toBe(true);
  });

  it("a length that is too small: what follows is no request, and the connection ends (H03)", async () => {
    const app = await startHttpApp();
    const lie = requestText("/api/trpc/auth.login", { body: login, headers: { "Content-Length": 10 } });
    const statuses = statusesIn(await openSocket(app.port, lie).over);
    expect(statuses[0]).toBe(400);
    expect(statuses).not.toContain(200);
  });

  it("an upload is written as it arrives, and rejected where it is too large (H03)", async () => {
    const app = await startHttpApp();
    const upload = (bytes: number) =>
      new Promise<number>((resolve, reject) => {
        const headers = { ...app.bearer, "content-type": "application/octet-stream", "x-file-name": "a.bin" };
        const options = { port: app.port, path: "/api/trpc/files.upload", method: "POST", headers, agent: false };
        const sending = httpRequest(options, (response) => resolve(response.resume().statusCode ?? 0));
        sending.on("error", reject);
        for (let sent = 0; sent < bytes; sent += 65_536) sending.write(Buffer.alloc(Math.min(65_536, bytes - sent)));
        sending.end();
      });
    expect(await upload(maxFileBytes)).toBe(200);
    expect(await upload(maxFileBytes + 1)).toBe(413);
    expect(await isServed(app.url)).toBe(true);
  });

  it("a client that asks before sending gets its answer before sending (H03)", async () => {
    const app = await startHttpApp();
    const headers = { Expect: "100-continue", "Content-Length": 100_000 };
    const rejected = openSocket(app.port, requestText("/login", { headers }));
    expect(statusesIn(await rejected.receives(/too large/))).toEqual([413]);
    const taken = openSocket(app.port, requestText("/login", { headers: { ...headers, "Content-Length": 3 } }));
    await taken.receives(/100 Continue/);
    taken.socket.write("a=b");
    expect(statusesIn(await taken.receives(/page 3/))).toEqual([100, 200]);
    rejected.socket.destroy();
  });
});

describe("createHttpServer() and headers", () => {
  it.each([
    ["a header of 20 kB", { "X-Long": "x".repeat(20_000) }, 431],
    ["a header of 64 kB", { "X-Long": "x".repeat(65_536) }, 431],
    ["500 cookies of ours", { Cookie: Array.from({ length: 500 }, () => `${ours}=1`).join("; ") }, 431],
    ["cookies of ours of 60 kB", { Cookie: `${ours}=${"x".repeat(60_000)}` }, 431],
    ["an address of 10 kB", {}, 414],
  ])("%s: refused, and the next ordinary request is answered (H04)", async (name, headers, status) => {
    const app = await startHttpApp();
    const path = name.includes("address") ? `/${"a".repeat(10_000)}` : "/api/trpc/auth.me";
    const { over } = openSocket(app.port, requestText(path, { method: "GET", headers }));
    expect(statusesIn(await over)).toEqual([status]);
    expect(await isServed(app.url)).toBe(true);
    expect(app.errors).toEqual([]);
  });

  it.each([
    ["60 kB of them", `bomb=${"x".repeat(60_000)}`],
    ["3,000 of them", Array.from({ length: 3_000 }, (_, at) => `c${at}=1`).join("; ")],
    ["those of the app on the next port", `__Host-watchword.access-3001=${"x".repeat(20_000)}; theme-3001=dark`],
  ])("cookies of others are no reason to refuse anything, and go no further: %s (H04)", async (_, cookie) => {
    const seen: Array<string | undefined> = [];
    const app = await startHttpApp({
      pages: async ({ headers }, outgoing) => {
        seen.push(headers.cookie);
        outgoing.end("page");
      },
    });
    const headers = { Cookie: `${cookie}; ${ours}=mine`, Connection: "close" };
    for (const path of ["/", "/account", "/api/files/1"]) {
      expect(statusesIn(await openSocket(app.port, requestText(path, { method: "GET", headers })).over)).toEqual([200]);
    }
    const call = requestText("/api/trpc/auth.me", { method: "GET", headers: { ...headers, Cookie: cookie } });
    expect(await openSocket(app.port, call).over).toContain("access_token_missing");
    expect(seen).toEqual(Array.from({ length: 3 }, () => `${ours}=mine`));
  });

  it("a browser that is full of cookies of ours forgets them by loading a page, and no other's (H04)", async () => {
    const app = await startHttpApp();
    const headers = { Cookie: `sibling=1; ${ours}=${"x".repeat(30_000)}` };
    const received = await openSocket(app.port, requestText("/", { method: "GET", headers })).over;
    expect(received.match(/set-cookie: .*/gi)).toEqual([
      `set-cookie: ${ours}=; Max-Age=0; Path=/; Secure; SameSite=Lax`,
    ]);
    expect(received).toContain("Load the page again");
    expect(received.toLowerCase()).not.toContain("clear-site-data");
  });

  it("above the limit of the parser, the response names the cookies (H04)", async () => {
    const app = await startHttpApp();
    const headers = { Cookie: `bomb=${"x".repeat(70_000)}` };
    const received = await openSocket(app.port, requestText("/", { method: "GET", headers })).over;
    expect(statusesIn(received)).toEqual([431]);
    expect(received).toMatch(/Clear this browser's cookies/);
  });

  const smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
  it.each([
    ["a length beside chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["chunks beside a length", "Transfer-Encoding: chunked\r\nContent-Length: 100\r\n\r\n0\r\n\r\n"],
    ["two lengths", "Content-Length: 0\r\nContent-Length: 10\r\n\r\n"],
    ["two lengths in one", "Content-Length: 0, 10\r\n\r\n"],
    ["a length with a sign", "Content-Length: +0\r\n\r\n"],
    ["a space before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"],
    ["an encoding that only looks like chunked", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"],
    ["an encoding behind another", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"],
    [
      "a header on the next line",
      "X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n",
    ],
    ["lines that end with LF alone", "X: a\nTransfer-Encoding: chunked\nContent-Length: 0\n\n"],
    ["a chunk without its size", "Transfer-Encoding: chunked\r\n\r\nxyz\r\n0\r\n\r\n"],
    ["a NUL in a header", "X: a\0b\r\nContent-Length: 0\r\n\r\n"],
  ])("smuggling by %s: refused, closed, and what is behind it is not answered (H12)", async (_, rest) => {
    const app = await startHttpApp();
    const first = `POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    const received = await openSocket(app.port, first + rest + smuggled).over;
    // 411 where the headers alone say that a form has no length.
    expect([[400], [411]]).toContainEqual(statusesIn(received));
    expect(received).not.toContain("page");
  });
});

describe("createHttpServer() and connections", () => {
  it("takes no more than it may, gives up those that only wait, and takes new ones again", async () => {
    const app = await startHttpApp({ limits: { maxConnections: 10 } });
    const asked = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    const idle = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const one = openSocket(app.port, `${asked}\r\n`);
        await one.receives(/page 0/);
        return one;
      }),
    );
    expect(await isServed(app.url)).toBe(true);
    await Promise.all(idle.map(({ over }) => over));
    const busy = Array.from({ length: 14 }, () => openSocket(app.port, asked));
    await Promise.race(busy.map(({ over }) => over));
    await eventually(async () => busy.filter(({ socket }) => !socket.destroyed).length <= 10);
    for (const { socket } of busy) socket.destroy();
    await eventually(async () => (await app.connections()) === 0);
    expect(await isServed(app.url)).toBe(true);
  });

  it("ends a connection after as many requests as one may carry", async () => {
    const app = await startHttpApp({ limits: { maxRequestsPerConnection: 3 } });
    const text = requestText("/", { method: "GET" });
    const received = await openSocket(app.port, text.repeat(4)).over;
    expect(statusesIn(received)).toEqual([200, 200, 200]);
  });

  it("never upgrades a connection: it ignores the request for it", async () => {
    const app = await startHttpApp();
    const headers = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
    const one = openSocket(app.port, requestText("/", { method: "GET", headers }));
    expect(statusesIn(await one.receives(/page 0/))).toEqual([200]);
  });
});

describe("createHttpServer() and faults of ours", () => {
  const secret = "no such column: password of ada@example.com";
  const crash = async () => {
    throw new Error(secret);
  };

  it("a request that crashes gets a 500 with an id and nothing else, and the log has the same id", async () => {
    const app = await startHttpApp({ router: crash, pages: crash });
    for (const path of ["/api/trpc/auth.me", "/account"]) {
      const response = await fetch(app.url + path);
      expect(response.status).toBe(500);
      const text = await response.text();
      // A program at the API is told in the form of the router's own errors.
      const [, id] =
        path === "/account"
          ? (/^Something went wrong on our side: ([0-9a-z]+-[0-9a-z]+)\n$/.exec(text) ?? [])
          : [text, JSON.parse(text).error.data.faultId];
      expect(app.errors.at(-1)?.id).toBe(id);
      expect([...response.headers.values()].join()).not.toContain("ada@");
    }
    expect(app.errors.map(({ where }) => where)).toEqual(["router", "pages"]);
  });

  it("one that crashes in the middle of its response is cut off, so that half a response does not look whole", async () => {
    const app = await startHttpApp({
      pages: async (_, outgoing) => {
        outgoing.write("half");
        throw new Error(secret);
      },
    });
    await expect(fetch(app.url).then((response) => response.text())).rejects.toThrow();
    expect(app.errors).toHaveLength(1);
    expect(app.errors[0]?.where).toBe("pages");
  });

  it("an error inside the log leaves a generic 500, also where the router logs it, and other requests are served (H15)", async () => {
    const broken = () => {
      throw new Error("the log is gone");
    };
    const app = await startHttpApp({ pages: crash, onError: broken, onRouterError: broken });
    const page = await fetch(app.url);
    expect([page.status, await page.text()]).toEqual([500, expect.stringMatching(/^Something went wrong on our side/)]);
    app.store.findStoredSession = crash;
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ refreshToken: (await completed(app.auth.login(await loginInput()))).refreshToken });
    const call = await fetch(`${app.url}/api/trpc/auth.refresh`, { method: "POST", headers, body });
    expect(call.status).toBe(500);
    expect((await call.json()).error.data).toMatchObject({ reason: "internal_error", faultId: app.errors[0]?.id });
    expect((await fetch(`${app.url}/api/trpc/auth.me`, { headers: app.bearer })).status).toBe(200);
  });

  async function loginInput() {
    return { ...JSON.parse(login), rememberMe: true, userAgent: null, ipAddress: null };
  }
});
