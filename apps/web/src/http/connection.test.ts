import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { type HttpAppOptions, startHttpApp } from "./testing/http-app.ts";
import { openSocket, requestText, statusesIn } from "./testing/raw-socket.ts";

const get = (path: string) => requestText(path, { method: "GET" });

async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  await expect.poll(holds, { interval: 10, timeout: 5_000 }).toBe(true);
}

/** Pages that a test answers by hand, each as often as it likes. */
function heldPages() {
  const begun: Array<{ incoming: IncomingMessage; outgoing: ServerResponse }> = [];
  const pages: HttpAppOptions["pages"] = (incoming, outgoing) => {
    begun.push({ incoming, outgoing });
    return new Promise((resolve) => outgoing.once("close", resolve));
  };
  return { begun, pages };
}

/** Pages that count how many are under way at once. */
function countedPages() {
  const counts = { begun: 0, underWay: 0, most: 0 };
  const pages: HttpAppOptions["pages"] = async (incoming, outgoing) => {
    counts.begun += 1;
    counts.underWay += 1;
    counts.most = Math.max(counts.most, counts.underWay);
    const sent = await text(incoming);
    await new Promise((resolve) => setImmediate(resolve));
    counts.underWay -= 1;
    outgoing.end(`${incoming.url}:${sent};`);
  };
  return { counts, pages };
}

describe("createConnection() and requests that are sent ahead", () => {
  it("begins one at a time, and answers all of them in their order", async () => {
    const { counts, pages } = countedPages();
    const app = await startHttpApp({ pages });
    const ahead = Array.from({ length: 300 }, (_, at) => get(`/${at}`)).join("");
    const { receives, socket } = openSocket(app.port, ahead);
    const received = await receives(/\/299:;/);
    expect(received.match(/\/\d+:;/g)).toEqual(Array.from({ length: 300 }, (_, at) => `/${at}:;`));
    expect(counts).toMatchObject({ begun: 300, most: 1 });
    socket.destroy();
  });

  it("whatever they carry, and wherever the network cuts them", async () => {
    const { counts, pages } = countedPages();
    const chunked = { "Content-Length": undefined, "Transfer-Encoding": "chunked", "Content-Type": "application/json" };
    const ahead = [
      requestText("/1", { body: "a=1\r\n\r\nGET /none HTTP/1.1\r\n\r\n" }),
      get("/2"),
      "\r\n",
      requestText("/api/trpc/auth.login", { headers: chunked, body: "2\r\n{}\r\n0\r\n\r\n" }),
      requestText("/3", { body: "x".repeat(40_000) }),
      requestText("/4", { body: "" }),
      requestText("/api/trpc/auth.me", { method: "GET" }),
      get("/5"),
    ].join("");
    const cuts = [1, 3, 7, 1_000, ahead.length];
    for (const length of cuts) {
      const app = await startHttpApp({ pages });
      const one = openSocket(app.port);
      one.socket.setNoDelay(true);
      for (let at = 0; at < ahead.length; at += length) {
        const piece = ahead.slice(at, at + length);
        await new Promise((resolve) => one.socket.write(piece, resolve));
        if (at < 3_000) await new Promise((resolve) => setImmediate(resolve));
      }
      const received = await one.receives(/\/5:/);
      expect(statusesIn(received)).toEqual([200, 200, 400, 200, 200, 401, 200]);
      expect(received).toContain("/1:a=1\r\n\r\nGET /none");
      expect(received).toContain(`/3:${"x".repeat(40_000)}`);
      expect(counts.most).toBe(1);
      one.socket.destroy();
    }
  });

  it.each([
    ["resets the connection", "resetAndDestroy"],
    ["closes it", "destroy"],
    ["says that it sends no more", "end"],
  ] as const)("begins none of them for a client that %s", async (_, how) => {
    const { begun, pages } = heldPages();
    const app = await startHttpApp({ pages });
    const { socket } = openSocket(app.port, get("/login").repeat(1_000));
    await eventually(() => begun.length === 1);
    socket[how]();
    await eventually(async () => (await app.connections()) === 0);
    begun[0]?.outgoing.end("late");
    await fetch(`${app.url}/api/trpc/auth.me`);
    expect(begun).toHaveLength(1);
  });

  it("does not even parse them before their turn, however many bytes there are", async () => {
    const { begun, pages } = heldPages();
    const app = await startHttpApp({ pages });
    let parsed = 0;
    app.server.on("request", () => {
      parsed += 1;
    });
    const one = openSocket(app.port, "GET / HTTP/1.1\r\nHost:a\r\n\r\n".repeat(200_000));
    await eventually(() => begun.length === 1);
    await fetch(`${app.url}/api/trpc/auth.me`, { headers: app.bearer });
    expect(parsed).toBe(2);
    begun[0]?.outgoing.end("first");
    await eventually(() => begun.length === 2);
    // What does not fit is left to the operating systems of both ends, which may take all of it.
    expect(begun[0]?.incoming.socket.bytesRead).toBeLessThan(500_000);
    one.socket.destroy();
  });

  it("ends a connection on which very many stand behind a body of unknown length", async () => {
    const { begun, pages } = heldPages();
    const app = await startHttpApp({ pages, router: pages });
    const chunked = { "Content-Length": undefined, "Transfer-Encoding": "chunked" };
    const first = requestText("/api/trpc/auth.login", { headers: chunked, body: "2\r\n{}\r\n0\r\n\r\n" });
    const { over } = openSocket(app.port, first + get("/").repeat(100));
    await over;
    expect(begun.length).toBeLessThan(2);
  });

  it("lets no request go on with its body before its turn", async () => {
    const { begun, pages } = heldPages();
    const app = await startHttpApp({ pages });
    const asks = requestText("/2", { headers: { Expect: "100-continue", "Content-Length": 3 } });
    const one = openSocket(app.port, get("/1") + asks);
    await eventually(() => begun.length === 1);
    await fetch(`${app.url}/api/trpc/auth.me`);
    expect(one.received()).toBe("");
    begun[0]?.outgoing.end("first");
    await one.receives(/100 Continue/);
    expect(begun).toHaveLength(2);
    one.socket.destroy();
  });

  it("begins none behind an answer that says it is the last", async () => {
    const { begun, pages } = heldPages();
    const app = await startHttpApp({ pages });
    const { over } = openSocket(
      app.port,
      requestText("/1", { method: "GET", headers: { Connection: "close" } }) + get("/2"),
    );
    await eventually(() => begun.length === 1);
    begun[0]?.outgoing.end("first");
    expect(statusesIn(await over)).toEqual([200]);
    expect(begun).toHaveLength(1);
  });
});

describe("createConnection() and a request that is answered before it is complete", () => {
  const unfinished = { "Content-Length": 5_000 };
  const chunked = { "Content-Length": undefined, "Transfer-Encoding": "chunked" };
  const octets = { "Content-Type": "application/octet-stream", "X-File-Name": "a" };
  const early: HttpAppOptions["pages"] = async (_, outgoing) => void outgoing.end("early");

  it.each([
    ["a page that is asked for with a length", requestText("/", { method: "GET", headers: unfinished }), [400]],
    ["a form", requestText("/login", { headers: unfinished }), [200]],
    ["HEAD", requestText("/", { method: "HEAD", headers: unfinished }), [400]],
    ["a download", requestText("/api/files/1", { method: "GET", headers: unfinished }), [400]],
    ["what is no form", requestText("/login", { headers: { ...unfinished, ...octets } }), [415]],
    ["a query", requestText("/api/trpc/auth.me", { method: "GET", headers: unfinished }), [401]],
    ["a query in chunks", requestText("/api/trpc/auth.me", { method: "GET", headers: chunked }), [401]],
    ["a call of another type", requestText("/api/trpc/auth.login", { headers: { ...unfinished, ...octets } }), [400]],
    ["an upload of nobody's", requestText("/api/trpc/files.upload", { headers: { ...unfinished, ...octets } }), [401]],
    ["a refused one", requestText("/login", { method: "PUT", headers: unfinished }), [405]],
    ["one that asks first", requestText("/", { headers: { ...unfinished, Expect: "100-continue" } }), [100, 200]],
  ])("%s: is read for a moment, and the connection ends (H02)", async (_, request, statuses) => {
    const app = await startHttpApp({ limits: { lingerMs: 200 }, pages: early });
    const { over, socket } = openSocket(app.port, request);
    const drip = setInterval(() => socket.writable && socket.write("1"), 20);
    expect(statusesIn(await over)).toEqual(statuses);
    clearInterval(drip);
    expect(app.errors).toEqual([]);
  });

  it("goes on where the rest comes in that moment", async () => {
    const app = await startHttpApp({ pages: early });
    const { socket, receives } = openSocket(app.port, requestText("/", { headers: unfinished, body: "x".repeat(10) }));
    await receives(/early/);
    socket.write("x".repeat(4_990) + get("/"));
    expect(statusesIn(await receives(/early[\s\S]*early/))).toEqual([200, 200]);
    socket.destroy();
  });

  it("has a clock also while its answer goes on: a stream does not make up for a body (H02)", async () => {
    const app = await startHttpApp({ limits: { bodyTimeoutMs: 300 } });
    const headers = { ...unfinished, Authorization: app.bearer.authorization, Accept: "text/event-stream" };
    const stream = openSocket(app.port, requestText("/api/trpc/live.changes", { method: "GET", headers }));
    await stream.receives(/"everything"/);
    await stream.over;
    expect(app.errors).toEqual([]);
  });
});

describe("createConnection() and too many connections", () => {
  const limits = { maxConnections: 40 };
  const unread = Buffer.alloc(16 * 1024 * 1024);
  const pages: HttpAppOptions["pages"] = async ({ url }, outgoing) => {
    outgoing.end(url === "/large" ? unread : `page for ${url}`);
    await new Promise((resolve) => outgoing.once("close", resolve));
  };

  it.each([
    ["say nothing", ""],
    ["do not end their headers", "GET / HTTP/1.1\r\nHost: a\r\n"],
    ["wait for another answer", get("/")],
    ["leave out a body that nobody waits for", requestText("/", { headers: { "Content-Length": 5_000 } })],
    ["leave out a body", requestText("/api/trpc/auth.login", { headers: { "Content-Length": 5_000 } })],
    ["do not read", get("/large")],
  ])("lets new ones in at once while others %s, the oldest of which go (H02)", async (_, said) => {
    const app = await startHttpApp({ limits, pages });
    const silent = [];
    for (let at = 0; at < 60; at += 1) {
      const one = openSocket(app.port, said);
      if (said.includes("/large")) one.socket.pause();
      silent.push(one);
      await new Promise((resolve) => one.socket.once("connect", resolve));
    }
    for (let at = 0; at < 20; at += 1) {
      const one = openSocket(app.port, requestText(`/${at}`, { method: "GET", headers: { Connection: "close" } }));
      expect(await one.over).toContain(`page for /${at}`);
    }
    silent[0]?.socket.resume();
    await silent[0]?.over;
    if (!said.startsWith(get("/"))) expect(silent.at(-1)?.socket.destroyed).toBe(false);
    for (const { socket } of silent) socket.destroy();
  });

  it("keeps streams and what is being answered, whatever clients connect (H02)", async () => {
    const held = heldPages();
    const app = await startHttpApp({ limits, pages: held.pages });
    const headers = { Authorization: app.bearer.authorization, Accept: "text/event-stream" };
    const stream = openSocket(app.port, requestText("/api/trpc/live.changes", { method: "GET", headers }));
    await stream.receives(/"everything"/);
    const page = openSocket(app.port, get("/"));
    await eventually(() => held.begun.length === 1);
    const silent = Array.from({ length: 200 }, () => openSocket(app.port));
    await silent[0]?.over;
    expect((await fetch(`${app.url}/api/trpc/auth.me`, { headers: app.bearer })).status).toBe(200);
    held.begun[0]?.outgoing.end("held");
    await page.receives(/held/);
    expect(stream.socket.destroyed).toBe(false);
    for (const { socket } of [...silent, stream, page]) socket.destroy();
  });
});
