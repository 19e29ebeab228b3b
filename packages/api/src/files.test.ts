import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromTerminal, testIssuer } from "@watchword/auth/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTestApp } from "../test/test-app.ts";
import { createDiskBlobStore } from "./disk-blobs.ts";
import { uploadTimesAt } from "./file-store.ts";
import { type FilesOptions, openFile, removeAbandonedUploads, removeOrphanedBlobs } from "./files.ts";
import { createFilesData } from "./files-data.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchword-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function start(limits: Partial<FilesOptions> = {}) {
  const { auth, clock, options, handle, time } = createTestApp({
    blobs: createDiskBlobStore(folder),
    quotaBytes: 2_500,
    ...limits,
  });
  const login = async (username: string) => {
    const account = { username, email: `${username}@example.com`, name: username, password: "a long enough sentence" };
    const { accessToken, user } = await auth.register({ ...account, ...fromTerminal });
    const call = async (path: string, init: RequestInit) => {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${accessToken}`);
      const response = await handle(new Request(`${testIssuer}/api/trpc/${path}`, { ...init, headers }));
      const answer = await response.json();
      return { status: response.status, data: answer.result?.data, error: answer.error?.data };
    };
    return {
      user,
      list: async () => (await call("files.list", {})).data,
      remove: (id: string) =>
        call("files.remove", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ id }),
        }),
      upload: (content: BodyInit | null, headers: Record<string, string> = {}) =>
        call("files.upload", {
          method: "POST",
          body: content,
          headers: { "content-type": "application/octet-stream", "x-file-name": "a.txt", ...headers },
          ...({ duplex: "half" } as object),
        }),
    };
  };
  return { options, login, handle, clock, time };
}

it("upload(), list(), openFile() and remove() are a file's life", async () => {
  const { login, options } = await start();
  const ada = await login("ada");
  const { data } = await ada.upload("hello", { "x-file-type": "text/plain", "content-length": "5" });
  expect(data).toMatchObject({ name: "a.txt", contentType: "text/plain", sizeBytes: 5 });
  expect(await ada.list()).toEqual({
    files: [data],
    nextCursor: null,
    total: 1,
    usedBytes: 5,
    quotaBytes: 2_500,
    maxFileBytes: 1_000,
  });
  const opened = await openFile(options, { id: data.id, userId: ada.user.id });
  expect(await new Response(opened.content).text()).toBe("hello");
  expect(await ada.remove(data.id)).toMatchObject({ status: 200, data: { removed: true } });
  expect(readdirSync(folder)).toEqual([]);
  expect(await ada.remove(data.id)).toMatchObject({ status: 404, error: { reason: "not_found" } });
});

it("another user's file is not found, and stays", async () => {
  const { login, options } = await start();
  const [ada, bob] = [await login("ada"), await login("bob")];
  const { data } = await ada.upload("mine");
  expect(await bob.remove(data.id)).toMatchObject({ status: 404, error: { reason: "not_found" } });
  await expect(openFile(options, { id: data.id, userId: bob.user.id })).rejects.toMatchObject({ reason: "not_found" });
  expect((await bob.list()).files).toEqual([]);
  expect((await ada.list()).files).toHaveLength(1);
});

it("createFilesData() describes a user's files, and removes their bytes, and no other user's", async () => {
  const { login, options } = await start();
  const [ada, bob] = [await login("ada"), await login("bob")];
  const { data } = await ada.upload("mine");
  await ada.upload("mine too");
  const { data: his } = await bob.upload("his");
  const filesData = createFilesData(options);
  expect((await filesData.describe(bob.user.id)).files).toEqual([his]);
  expect((await filesData.describe(ada.user.id)).files).toContainEqual(data);
  const clearAway = await filesData.forget(ada.user.id);
  expect(readdirSync(folder)).toHaveLength(3);
  await clearAway();
  expect(readdirSync(folder)).toHaveLength(1);
  await expect(openFile(options, { id: his.id, userId: bob.user.id })).resolves.toBeDefined();
});

it.each(["../../etc/passwd", "", "not-an-id", "0190a0a0-0000-7000-8000-00000000000g"])(
  "openFile() gives not_found for the id %j, and never a path",
  async (id) => {
    const { options } = await start();
    await expect(openFile(options, { id, userId: "x" })).rejects.toMatchObject({ reason: "not_found" });
  },
);

it("upload() takes an empty file", async () => {
  const { login } = await start();
  const ada = await login("ada");
  expect(await ada.upload(new Uint8Array(0), { "content-length": "0" })).toMatchObject({ data: { sizeBytes: 0 } });
  expect(await ada.upload(null, { "content-length": "0" })).toMatchObject({ data: { sizeBytes: 0 } });
});

it("upload() rejects a file over the limit by its declared size, and by its bytes when it declares none", async () => {
  const { login } = await start();
  const ada = await login("ada");
  const large = new Uint8Array(1_001);
  const rejected = { status: 413, error: { reason: "payload_too_large" } };
  expect(await ada.upload(large, { "content-length": "1001" })).toMatchObject(rejected);
  expect(await ada.upload(large)).toMatchObject(rejected);
  expect(await ada.list()).toMatchObject({ files: [], usedBytes: 0 });
  expect(readdirSync(folder)).toEqual([]);
});

it("upload() keeps to the quota, also for uploads at the same time, and frees the quota of a rejected one", async () => {
  const { login } = await start();
  const ada = await login("ada");
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => ada.upload(new Uint8Array(600), { "content-length": "600" })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
  const rejected = answers.filter(({ status }) => status !== 200);
  expect(rejected.map(({ error }) => error.reason)).toEqual(["quota_exceeded", "quota_exceeded"]);
  expect((await ada.list()).usedBytes).toBe(2_400);
});

it("upload() that breaks off leaves no file, no row and no reserved quota", async () => {
  const { login } = await start();
  const ada = await login("ada");
  let pulls = 0;
  const breaking = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls += 1;
      if (pulls === 1) controller.enqueue(new Uint8Array(100));
      else controller.error(new Error("The connection was lost"));
    },
  });
  expect(await ada.upload(breaking)).toMatchObject({ status: 400, error: { reason: "validation_failed" } });
  expect(await ada.upload("short", { "content-length": "900" })).toMatchObject({
    status: 400,
    error: { reason: "validation_failed" },
  });
  expect(await ada.list()).toMatchObject({ files: [], usedBytes: 0 });
  expect(readdirSync(folder)).toEqual([]);
});

it("upload() needs a login before it reads a byte", async () => {
  const { handle } = await start();
  const request = new Request(`${testIssuer}/api/trpc/files.upload`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", "x-file-name": "a" },
    body: "x",
  });
  const response = await handle(request);
  expect(response.status).toBe(401);
  expect(request.bodyUsed).toBe(false);
});

it("removeAbandonedUploads() clears what a crash left, and nothing else", async () => {
  const { login, options, clock } = await start();
  const ada = await login("ada");
  await ada.upload("arrived");
  const dead = { id: "0190a0a0-0000-7000-8000-00000000dead", userId: ada.user.id, name: "d", contentType: "a/b" };
  const times = uploadTimesAt(clock.now());
  const arriving = { ...dead, sizeBytes: 500, createdAt: clock.now(), leasedUntil: times.leaseUntil };
  await options.files.reserve(arriving, { ...times, quotaBytes: 10_000 });
  await options.blobs.write(dead.id, new Response("half").body as ReadableStream<Uint8Array>, 10);
  clock.advance(29_999);
  expect(await removeAbandonedUploads(options)).toBe(0);
  clock.advance(1);
  expect(await removeAbandonedUploads(options)).toBe(1);
  expect(await ada.list()).toMatchObject({ usedBytes: 7 });
  expect(readdirSync(folder)).toHaveLength(1);
});

it("removeOrphanedBlobs() clears bytes that no row names any more, and nothing young, known or not ours", async () => {
  const { login, options } = await start();
  const ada = await login("ada");
  await ada.upload("known");
  const known = readdirSync(folder);
  const gone = "0190a0a0-0000-7000-8000-00000000dead";
  const young = "0190a0a0-0000-7000-8000-000000000001";
  const halfDone = "0190a0a0-0000-7000-8000-00000000beef.arriving";
  for (const name of [gone, halfDone, young, "README"]) writeFileSync(join(folder, name), "bytes");
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), 1_000, 1_000);
  utimesSync(join(folder, young), 3_000, 3_000);
  expect(await removeOrphanedBlobs(options, 2_000_000)).toBe(2);
  expect(readdirSync(folder).sort()).toEqual([...known, young, "README"].sort());
});

it("the bytes of a deleted account go, though the process died before it removed them", async () => {
  const { login, options } = await start();
  const ada = await login("ada");
  await ada.upload("bytes");
  const forgetBytes = await createFilesData(options).forget(ada.user.id);
  expect(forgetBytes).toBeTypeOf("function"); // and is never called
  for (const { id } of await options.files.list(ada.user.id)) {
    await options.files.remove({ id, userId: ada.user.id, now: 0 });
  }
  expect(readdirSync(folder)).toHaveLength(1);
  await removeOrphanedBlobs(options, Number.MAX_SAFE_INTEGER);
  expect(readdirSync(folder)).toEqual([]);
});

it("removeOrphanedBlobs() has nothing to do where nothing was ever uploaded", async () => {
  const { options } = await start();
  const blobs = createDiskBlobStore(join(folder, "not there yet"));
  expect(await removeOrphanedBlobs({ ...options, blobs }, Number.MAX_SAFE_INTEGER)).toBe(0);
});
