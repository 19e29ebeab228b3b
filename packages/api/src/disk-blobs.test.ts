import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDiskBlobStore } from "./disk-blobs.ts";

const id = "0190a0a0-0000-7000-8000-000000000001";
let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "watchword-blobs-")), "uploads");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const streamOf = (...chunks: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });

it("write() and read() round trip, and write() counts the bytes", async () => {
  const blobs = createDiskBlobStore(folder);
  expect(await blobs.write(id, streamOf("héllo ", "world"), 100)).toBe(12);
  expect(await new Response(await blobs.read(id)).text()).toBe("héllo world");
});

it("write() takes an empty stream, and one of exactly the limit", async () => {
  const blobs = createDiskBlobStore(folder);
  expect(await blobs.write(id, streamOf(), 0)).toBe(0);
  expect(await blobs.write(`${id}-b`, streamOf("12345"), 5)).toBe(5);
});

it("write() leaves nothing when a stream outgrows the limit", async () => {
  const blobs = createDiskBlobStore(folder);
  await expect(blobs.write(id, streamOf("123", "456"), 5)).rejects.toMatchObject({ reason: "payload_too_large" });
  expect(readdirSync(folder)).toEqual([]);
});

it("write() leaves nothing when a stream breaks off", async () => {
  const blobs = createDiskBlobStore(folder);
  let pulls = 0;
  const breaking = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls += 1;
      if (pulls < 3) controller.enqueue(new Uint8Array(1000));
      else controller.error(new Error("The connection was lost"));
    },
  });
  await expect(blobs.write(id, breaking, 1_000_000)).rejects.toMatchObject({ reason: "validation_failed" });
  expect(readdirSync(folder)).toEqual([]);
});

it("write() shows nothing under the blob's name before all of it has arrived", async () => {
  const blobs = createDiskBlobStore(folder);
  let push: ReadableStreamDefaultController<Uint8Array> | undefined;
  const slow = new ReadableStream<Uint8Array>({
    start(controller) {
      push = controller;
    },
  });
  const writing = blobs.write(id, slow, 100);
  push?.enqueue(new Uint8Array(10));
  await new Promise((resolve) => setImmediate(resolve));
  expect(existsSync(join(folder, id))).toBe(false);
  expect(await blobs.read(id)).toBeUndefined();
  push?.close();
  expect(await writing).toBe(10);
  expect(existsSync(join(folder, id))).toBe(true);
});

it("write() keeps files and folder to their owner", async () => {
  await createDiskBlobStore(folder).write(id, streamOf("x"), 10);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, id)).mode & 0o777).toBe(0o600);
});

it("write() answers a disk that cannot be written with temporarily_unavailable", async () => {
  writeFileSync(folder, "a file where the folder should be");
  const blobs = createDiskBlobStore(folder);
  await expect(blobs.write(id, streamOf("x"), 10)).rejects.toMatchObject({ reason: "temporarily_unavailable" });
  chmodSync(folder, 0o600);
});

it.runIf(process.platform === "linux")("write() gives up where no folder can be made", async () => {
  const blobs = createDiskBlobStore("/proc/watchword/uploads");
  await expect(blobs.write(id, streamOf("x"), 10)).rejects.toMatchObject({ reason: "temporarily_unavailable" });
});

it("read() gives undefined for a blob that is not there, and remove() does not mind", async () => {
  const blobs = createDiskBlobStore(folder);
  expect(await blobs.read(id)).toBeUndefined();
  await blobs.remove(id);
  await blobs.write(id, streamOf("x"), 10);
  await blobs.remove(id);
  expect(await blobs.read(id)).toBeUndefined();
});

it("write() answers when the name of the blob, and of each folder that it made, is on the disk", async () => {
  const synced: Array<[string, string[]]> = [];
  const inner = join(folder, "inner");
  const blobs = createDiskBlobStore(inner, async (path) => void synced.push([path, readdirSync(path)]));
  await blobs.write(id, streamOf("x"), 10);
  const made: Array<[string, string[]]> = [
    [join(folder, ".."), ["uploads"]],
    [folder, ["inner"]],
  ];
  expect(synced).toEqual([...made, [inner, [id]]]);
  await blobs.write(id.replace("1", "2"), streamOf("x"), 10);
  expect(synced.slice(3).map(([path]) => path)).toEqual([inner]);
});

it("write() leaves nothing behind where the name cannot be put on the disk", async () => {
  let isBroken = false;
  const blobs = createDiskBlobStore(folder, async () => {
    if (isBroken) throw Object.assign(new Error("The disk is broken"), { code: "EIO" });
  });
  await blobs.write(id, streamOf("x"), 10);
  isBroken = true;
  const other = id.replace("1", "2");
  await expect(blobs.write(other, streamOf("x"), 10)).rejects.toMatchObject({ reason: "temporarily_unavailable" });
  expect(readdirSync(folder)).toEqual([id]);
});

/** The descriptors of this process that are open on a file. */
function openOn(path: string): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false; // the one that lists them
    }
  }).length;
}

it.runIf(existsSync("/proc/self/fd"))(
  "read() holds nothing open before the first byte is asked for, nor after the end, a cancellation, or one in the middle of opening",
  async () => {
    const blobs = createDiskBlobStore(folder);
    await blobs.write(id, streamOf("x".repeat(300_000)), 300_000);
    const path = join(folder, id);
    const reader = async () => {
      const stream = await blobs.read(id);
      if (!stream) throw new Error("It is there");
      return stream.getReader();
    };
    const unread = await reader();
    expect([await blobs.has(id), openOn(path)]).toEqual([true, 0]);
    await unread.cancel();
    const left = await reader();
    expect((await left.read()).value?.byteLength).toBeGreaterThan(0);
    expect(openOn(path)).toBe(1);
    await left.cancel();
    expect(openOn(path)).toBe(0);
    const opening = await reader();
    const first = opening.read();
    await opening.cancel();
    await first;
    await expect.poll(() => openOn(path)).toBe(0);
    expect((await new Response(await blobs.read(id)).text()).length).toBe(300_000);
    expect(openOn(path)).toBe(0);
  },
);

it("has() says whether a blob is there", async () => {
  const blobs = createDiskBlobStore(folder);
  expect(await blobs.has(id)).toBe(false);
  await blobs.write(id, streamOf("x"), 1);
  expect(await blobs.has(id)).toBe(true);
});
