import { aNewUser, aSession } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { createSqliteFileStore } from "./file-store.ts";
import { createSqliteAuthStore } from "./store.ts";
import { useTestFolder } from "./test-database.ts";

const folder = useTestFolder();
const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;

async function openWithUsers() {
  const connection = folder.open();
  const auth = createSqliteAuthStore(connection);
  const [ada, bob] = [aNewUser(), aNewUser()];
  await auth.createAccount({ user: ada, session: aSession({ userId: ada.id }) });
  await auth.createAccount({ user: bob, session: aSession({ userId: bob.id }) });
  const files = createSqliteFileStore(connection);
  const file = (n: number, userId = ada.id, sizeBytes = 10) => ({
    id: id(n),
    userId,
    name: `file ${n}.txt`,
    contentType: "text/plain",
    sizeBytes,
    createdAt: 1_000 + n,
  });
  return { files, ada, bob, file, connection };
}

it("reserve() lets no number of concurrent uploads outgrow the quota", async () => {
  const { files, ada, file } = await openWithUsers();
  const outcomes = await Promise.all(Array.from({ length: 30 }, (_, n) => files.reserve(file(n), 100)));
  expect(outcomes.filter((outcome) => outcome === "reserved")).toHaveLength(10);
  expect(await files.usedBytes(ada.id)).toBe(100);
});

it("reserve() counts each user's own files only, and fills the quota to the last byte", async () => {
  const { files, bob, file } = await openWithUsers();
  expect(await files.reserve(file(1, undefined, 100), 100)).toBe("reserved");
  expect(await files.reserve(file(2, bob.id, 101), 100)).toBe("quota_exceeded");
  expect(await files.reserve(file(3, bob.id, 100), 100)).toBe("reserved");
});

it("list() and find() show a file when it has arrived, not before, to its owner alone", async () => {
  const { files, ada, bob, file } = await openWithUsers();
  await files.reserve(file(1), 100);
  expect(await files.list(ada.id)).toEqual([]);
  expect(await files.find({ id: id(1), userId: ada.id })).toBeUndefined();
  expect(await files.complete({ id: id(1), userId: bob.id, sizeBytes: 7 })).toBe(false);
  expect(await files.complete({ id: id(1), userId: ada.id, sizeBytes: 7 })).toBe(true);
  expect(await files.complete({ id: id(1), userId: ada.id, sizeBytes: 9 })).toBe(false);
  expect(await files.list(ada.id)).toEqual([{ ...file(1), sizeBytes: 7 }]);
  expect(await files.list(bob.id)).toEqual([]);
  expect(await files.find({ id: id(1), userId: bob.id })).toBeUndefined();
});

it("list() gives the newest first", async () => {
  const { files, ada, file } = await openWithUsers();
  for (const n of [2, 1, 3]) {
    await files.reserve(file(n), 100);
    await files.complete({ id: id(n), userId: ada.id, sizeBytes: 1 });
  }
  expect((await files.list(ada.id)).map((one) => one.id)).toEqual([id(3), id(2), id(1)]);
});

it("remove() removes one's own file and nobody else's", async () => {
  const { files, ada, bob, file } = await openWithUsers();
  await files.reserve(file(1), 100);
  expect(await files.remove({ id: id(1), userId: bob.id, now: 1 })).toBe(false);
  expect(await files.remove({ id: id(1), userId: ada.id, now: 1 })).toBe(true);
  expect(await files.usedBytes(ada.id)).toBe(0);
});

it("isKnown() says whether there is such a file, arriving or arrived, whoever it belongs to", async () => {
  const { files, ada, file } = await openWithUsers();
  await files.reserve(file(1), 100);
  expect([await files.isKnown(id(1)), await files.isKnown(id(2))]).toEqual([true, false]);
  await files.complete({ id: id(1), userId: ada.id, sizeBytes: 1 });
  expect(await files.isKnown(id(1))).toBe(true);
  await files.remove({ id: id(1), userId: ada.id, now: 1 });
  expect(await files.isKnown(id(1))).toBe(false);
});

it("abandoned() finds what began to arrive before an instant and never did", async () => {
  const { files, ada, file } = await openWithUsers();
  await files.reserve(file(1), 100);
  await files.reserve(file(2), 100);
  await files.complete({ id: id(1), userId: ada.id, sizeBytes: 1 });
  expect(await files.abandoned(1_003)).toEqual([{ id: id(2), userId: ada.id }]);
  expect(await files.abandoned(1_002)).toEqual([]);
});
