import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuthError } from "@watchword/auth/core";
import { fromTerminal, testIssuer } from "@watchword/auth/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMemoryFileStore } from "../test/memory-file-store.ts";
import { createTestApp } from "../test/test-app.ts";
import { createDiskBlobStore } from "./disk-blobs.ts";
import { type FileStore, uploadTimesAt } from "./file-store.ts";
import { removeAbandonedUploads } from "./files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchword-uploads-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An upload of 900 bytes, of which 100 have come. */
async function start(change: (files: FileStore) => Partial<FileStore> = () => ({})) {
  const memory = createMemoryFileStore();
  const files = { ...memory, ...change(memory) };
  const app = createTestApp({ files, blobs: createDiskBlobStore(folder), quotaBytes: 1_000 });
  const { auth, handle, options, clock } = app;
  const account = { username: "ada", email: "ada@example.com", name: "Ada", password: "a long enough sentence" };
  const { user, accessToken } = await auth.register({ ...account, ...fromTerminal });
  const post = async (body: BodyInit, length: number) => {
    const headers = {
      authorization: `Bearer ${accessToken}`,
      "content-type": "application/octet-stream",
      "x-file-name": "a.txt",
      "content-length": String(length),
    };
    const init = { method: "POST", headers, body, duplex: "half" };
    const answer = await (await handle(new Request(`${testIssuer}/api/trpc/files.upload`, init))).json();
    return answer.error?.data.reason ?? "done";
  };
  let arriving: ReadableStreamDefaultController<Uint8Array> | undefined;
  const content = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(100));
      arriving = controller;
    },
  });
  const upload = post(content, 900);
  await expect.poll(() => readdirSync(folder).length).toBe(1);
  return {
    ...app,
    upload,
    post: (bytes: number) => post(new Uint8Array(bytes), bytes),
    used: () => options.files.usedBytes(user.id, uploadTimesAt(clock.now())),
    finish() {
      arriving?.enqueue(new Uint8Array(800));
      arriving?.close();
    },
  };
}

it("an upload keeps its quota for as long as its process renews the lease, and no other upload takes it", async () => {
  const { time, used, post, upload, finish, options } = await start();
  await time.pass(10 * 60_000);
  expect(await used()).toBe(900);
  expect(await post(200)).toBe("quota_exceeded");
  expect(await removeAbandonedUploads(options)).toBe(0);
  finish();
  expect(await upload).toBe("done");
  expect(time.waiting).toBe(0);
});

it("a database that is busy costs no lease", async () => {
  let busy = true;
  const { time, used, upload, finish } = await start((files) => ({
    renew: (...given) => {
      busy = !busy;
      return busy ? files.renew(...given) : Promise.reject(new AuthError("temporarily_unavailable"));
    },
  }));
  await time.pass(60_000);
  expect(await used()).toBe(900);
  finish();
  expect(await upload).toBe("done");
});

it("the end of the process frees the quota and the bytes of running uploads, and begins nothing new", async () => {
  const { options, upload, used, post, time } = await start();
  await options.uploads?.abandon();
  expect([await used(), readdirSync(folder)]).toEqual([0, []]);
  expect(await upload).toBe("temporarily_unavailable");
  expect(await post(1)).toBe("temporarily_unavailable");
  expect(time.waiting).toBe(0);
});

/** A process that is suspended renews nothing. */
function suspension() {
  const state = { suspended: true };
  const change = (files: FileStore): Partial<FileStore> => ({
    renew: (...given) =>
      state.suspended ? Promise.reject(new AuthError("temporarily_unavailable")) : files.renew(...given),
  });
  return { state, change };
}

it("one that was suspended beyond its lease continues where the quota still allows it", async () => {
  const { state, change } = suspension();
  const { time, upload, used, finish } = await start(change);
  await time.pass(60_000);
  expect(await used()).toBe(0);
  state.suspended = false;
  await time.pass(10_000);
  expect(await used()).toBe(900);
  finish();
  expect(await upload).toBe("done");
});

it("and where there is none, it ends at once, and leaves nothing: the quota is exact", async () => {
  const { state, change } = suspension();
  const { time, upload, used, post } = await start(change);
  await time.pass(60_000);
  expect(await post(200)).toBe("done");
  state.suspended = false;
  await time.pass(10_000);
  expect(await upload).toBe("quota_exceeded");
  expect([await used(), readdirSync(folder).length]).toEqual([200, 1]);
});

it("one whose row was cleared away meanwhile leaves nothing, also when its last bytes have come", async () => {
  const { clock, options, upload, used, finish } = await start();
  clock.advance(60_000);
  expect(await removeAbandonedUploads(options)).toBe(1);
  finish();
  expect(await upload).not.toBe("done");
  expect([await used(), readdirSync(folder)]).toEqual([0, []]);
});
