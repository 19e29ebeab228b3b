import { createHash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createLeakedPasswords } from "./leaked-passwords.ts";

const leaked = "correct horse battery staple";
const digits = createHash("sha1").update(leaked).digest("hex").toUpperCase();
const others = "0018A45C4D1DEF81644B54AB7F969B88D65:10\r\n00D4F6E8FA6EECAD2A3AA415EEC418D38EC:2\r\n";

/** A range service on the loopback, and what was told and asked. */
async function start(answer: RequestListener, timeoutMs = 2_000) {
  const asked: Array<{ path: string | undefined; padded: unknown }> = [];
  const server = createServer((request, reply) => {
    asked.push({ path: request.url, padded: request.headers["add-padding"] });
    answer(request, reply);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const errors: unknown[] = [];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/range`;
  const isLeaked = createLeakedPasswords({ url, timeoutMs, onError: (error) => errors.push(error) });
  return { isLeaked, asked, errors, server };
}

it("finds a leaked password, and sends the service five digits of its hash and nothing else", async () => {
  const { isLeaked, asked, errors } = await start((_, reply) => reply.end(`${others}${digits.slice(5)}:37\r\n`));
  expect(await isLeaked(leaked)).toBe(true);
  expect(asked).toEqual([{ path: `/range/${digits.slice(0, 5)}`, padded: "true" }]);
  expect(errors).toEqual([]);
});

it("takes what only pads the answer for nothing, and another's digits for another's", async () => {
  const { isLeaked } = await start((_, reply) => reply.end(`${others}${digits.slice(5)}:0\r\n`));
  expect([await isLeaked(leaked), await isLeaked("four quiet herons over Lisbon")]).toEqual([false, false]);
});

it.each<[string, RequestListener]>([
  ["answers with an error", (_, reply) => reply.writeHead(503).end()],
  ["sends one elsewhere", (_, reply) => reply.writeHead(302, { location: "http://127.0.0.1:1/" }).end()],
  ["breaks off", (request) => request.socket.destroy()],
  ["never answers", () => undefined],
  ["answers without end", (_, reply) => void reply.write(others)],
])("lets a password through when the service %s, and tells of it", async (_, answer) => {
  const { isLeaked, errors } = await start(answer, 100);
  expect(await isLeaked(leaked)).toBe(false);
  expect(errors).toHaveLength(1);
});

it("lets a password through when what the service says means nothing", async () => {
  const { isLeaked } = await start((_, reply) => reply.end(`<html>${digits.slice(5)}</html>\n${digits.slice(5)}:many`));
  expect(await isLeaked(leaked)).toBe(false);
});

it("lets a password through when there is no service at that address", async () => {
  const { isLeaked, errors, server } = await start(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  expect(await isLeaked(leaked)).toBe(false);
  expect(errors).toHaveLength(1);
});
