import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createDiskBlobStore, removeAbandonedUploads, uploadTimesAt } from "@watchword/api";
import { createSqliteFileStore, openSqlite } from "@watchword/db/sqlite";
import { expect, it, onTestFinished } from "vitest";
import { type AppFolder, type AppProcess, createAppFolder } from "./testing/app-process.ts";
import { openSocket, requestText } from "./testing/raw-socket.ts";

/** An upload of 1,000 bytes to a process of its own, of which 100 have come. */
async function uploading(folder: AppFolder, env: Record<string, string> = {}) {
  const app = await folder.start({ env });
  const { accessToken, user } = await folder.login();
  const headers = {
    Authorization: `Bearer ${accessToken}`,
    "Content-Type": "application/octet-stream",
    "X-File-Name": "a.bin",
    "Content-Length": 1_000,
  };
  const upload = openSocket(app.port, requestText("/api/trpc/files.upload", { headers, body: "x".repeat(100) }));
  const connection = openSqlite({ file: folder.file });
  onTestFinished(() => connection.close());
  const files = createSqliteFileStore(connection);
  const uploads = join(dirname(folder.file), "uploads");
  const used = (now = Date.now()) => files.usedBytes(user.id, uploadTimesAt(now));
  const names = () => (existsSync(uploads) ? readdirSync(uploads) : []);
  await expect.poll(() => names().length).toBe(1);
  expect(await used()).toBe(1_000);
  return { app, upload, files, used, names, uploads };
}

const end = async ({ child, ended }: AppProcess, signal: NodeJS.Signals) => {
  child.kill(signal);
  return ended;
};

it("SIGTERM gives back at once what an upload that it cuts off holds: room, row and bytes (H14)", async () => {
  const { app, used, names } = await uploading(await createAppFolder(), { HTTP_SHUTDOWN_SECONDS: "1" });
  expect(await end(app, "SIGTERM")).toBe(0);
  expect([await used(), names()]).toEqual([0, []]);
});

it("after SIGKILL the room is free when the lease has run out, and the next process clears the bytes away (D11)", async () => {
  const { app, files, used, names, uploads } = await uploading(await createAppFolder());
  expect(await end(app, "SIGKILL")).toBe("SIGKILL");
  const killedAt = Date.now();
  expect(names()).toHaveLength(1);
  expect(await used(killedAt + 30_001)).toBe(0);
  const clock = { now: () => killedAt + 30_001 };
  const options = { files, blobs: createDiskBlobStore(uploads), clock };
  const others = { randomBytes: () => new Uint8Array(), maxFileBytes: 1, quotaBytes: 1 };
  expect(await removeAbandonedUploads({ ...options, ...others })).toBe(1);
  expect(names()).toEqual([]);
});

it("a process that starts or ends touches no upload that another one is receiving", async () => {
  const folder = await createAppFolder();
  const { upload, used } = await uploading(folder);
  const other = await folder.start();
  expect(await end(other, "SIGTERM")).toBe(0);
  expect(await used()).toBe(1_000);
  upload.socket.write("x".repeat(900));
  await upload.receives(/"sizeBytes":1000/);
  expect(await used()).toBe(1_000);
});
