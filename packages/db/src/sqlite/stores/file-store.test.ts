import { aNewUser, aSession } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { useTestFolder } from "../../../test/test-database.ts";
import { createSqliteAuthStore } from "./auth-store.ts";
import { createSqliteFileStore } from "./file-store.ts";

const folder = useTestFolder();
/** At that instant, with leases of 100 and none needed for what began within 1,000. */
const times = (now: number) => ({ now, leaseUntil: now + 100, leaselessSince: now - 1_000 });
const quota = (quotaBytes: number, now = 0) => ({ ...times(now), quotaBytes });
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
    leasedUntil: 100,
  });
  return { files, ada, bob, file, connection };
}

it("reserve() lets no number of concurrent uploads outgrow the quota", async () => {
  const { files, ada, file } = await openWithUsers();
  const outcomes = await Promise.all(Array.from({ length: 30 }, (_, n) => files.reserve(file(n), quota(100))));
  expect(outcomes.filter((outcome) => outcome === "reserved")).toHaveLength(10);
  expect(await files.usedBytes(ada.id, times(0))).toBe(100);
});

it("reserve() counts each user's own files only, and fills the quota to the last byte", async () => {
  const { files, bob, file } = await openWithUsers();
  expect(await files.reserve(file(1, undefined, 100), quota(100))).toBe("reserved");
  expect(await files.reserve(file(2, bob.id, 101), quota(100))).toBe("quota_exceeded");
  expect(await files.reserve(file(3, bob.id, 100), quota(100))).toBe("reserved");
});

it("list() and find() show a file when it has arrived, not before, to its owner alone", async () => {
  const { files, ada, bob, file } = await openWithUsers();
  await files.reserve(file(1), quota(100));
  expect(await files.list(ada.id)).toEqual([]);
  expect(await files.find({ id: id(1), userId: ada.id })).toBeUndefined();
  expect(await files.complete({ id: id(1), userId: bob.id, sizeBytes: 7 }, quota(100))).toBe("gone");
  expect(await files.complete({ id: id(1), userId: ada.id, sizeBytes: 7 }, quota(100))).toBe("done");
  expect(await files.complete({ id: id(1), userId: ada.id, sizeBytes: 9 }, quota(100))).toBe("gone");
  const { leasedUntil: _lease, ...shown } = file(1);
  expect(await files.list(ada.id)).toEqual([{ ...shown, sizeBytes: 7 }]);
  expect(await files.list(bob.id)).toEqual([]);
  expect(await files.find({ id: id(1), userId: bob.id })).toBeUndefined();
});

it("list() gives the newest first", async () => {
  const { files, ada, file } = await openWithUsers();
  for (const n of [2, 1, 3]) {
    await files.reserve(file(n), quota(100));
    await files.complete({ id: id(n), userId: ada.id, sizeBytes: 1 }, quota(100));
  }
  expect((await files.list(ada.id)).map((one) => one.id)).toEqual([id(3), id(2), id(1)]);
});

it("page() leads through all files once, newest first, also while files come and go; count() says how many there are", async () => {
  const { files, ada, bob, file } = await openWithUsers();
  const add = async (n: number, userId = ada.id) => {
    // Three at one instant: then the id decides.
    await files.reserve({ ...file(n, userId), createdAt: Math.floor(n / 3) }, quota(100));
    await files.complete({ id: id(n), userId, sizeBytes: 1 }, quota(100));
  };
  for (let n = 1; n <= 8; n += 1) await add(n);
  await add(9, bob.id);
  await files.reserve(file(10), quota(100));
  expect([await files.count(ada.id), await files.count(bob.id)]).toEqual([8, 1]);
  const seen: string[] = [];
  let before: { createdAt: number; id: string } | undefined;
  for (;;) {
    const page = await files.page({ userId: ada.id, before, limit: 3 });
    seen.push(...page.map((one) => one.id));
    before = page.at(-1);
    if (!before) break;
    if (seen.length === 3) {
      await add(20); // in front of what was read
      await files.remove({ id: before.id, userId: ada.id, now: 1 });
    }
  }
  expect(seen).toEqual([8, 7, 6, 5, 4, 3, 2, 1].map(id));
});

it("remove() removes one's own file and nobody else's", async () => {
  const { files, ada, bob, file } = await openWithUsers();
  await files.reserve(file(1), quota(100));
  expect(await files.remove({ id: id(1), userId: bob.id, now: 1 })).toBe(false);
  expect(await files.remove({ id: id(1), userId: ada.id, now: 1 })).toBe(true);
  expect(await files.usedBytes(ada.id, times(0))).toBe(0);
});

it("isKnown() says whether there is such a file, arriving or arrived, whoever it belongs to", async () => {
  const { files, ada, file } = await openWithUsers();
  await files.reserve(file(1), quota(100));
  expect([await files.isKnown(id(1)), await files.isKnown(id(2))]).toEqual([true, false]);
  await files.complete({ id: id(1), userId: ada.id, sizeBytes: 1 }, quota(100));
  expect(await files.isKnown(id(1))).toBe(true);
  await files.remove({ id: id(1), userId: ada.id, now: 1 });
  expect(await files.isKnown(id(1))).toBe(false);
});

it("an upload holds its room until its lease runs out, and a renewed one longer", async () => {
  const { files, ada, file } = await openWithUsers();
  await files.reserve(file(1, ada.id, 100), quota(100));
  expect(await files.reserve(file(2), quota(100, 99))).toBe("quota_exceeded");
  const renewed = { id: id(1), userId: ada.id, leasedUntil: 199 };
  expect(await files.renew(renewed, quota(100, 99))).toBe("done");
  expect(await files.reserve(file(2), quota(100, 198))).toBe("quota_exceeded");
  expect(await files.usedBytes(ada.id, times(198))).toBe(100);
  expect(await files.usedBytes(ada.id, times(199))).toBe(0);
  expect(await files.reserve({ ...file(2), leasedUntil: 299 }, quota(100, 199))).toBe("reserved");
});

it.each([
  ["a lease of a clock of the future holds nothing (T07)", { leasedUntil: 101 }, 0],
  ["nor does one that ends now", { leasedUntil: 50 }, 50],
])("%s", async (_, lease, now) => {
  const { files, ada, file } = await openWithUsers();
  await files.reserve({ ...file(1), ...lease }, quota(100));
  expect(await files.usedBytes(ada.id, times(now))).toBe(0);
  expect(await files.abandoned(times(now))).toEqual([{ id: id(1), userId: ada.id }]);
});

it("an upload of the version before has no lease, and holds its room for as long as it did there (D13)", async () => {
  const { files, ada, file, connection } = await openWithUsers();
  await files.reserve(file(1), quota(100));
  connection.client.exec("UPDATE files SET leased_until = NULL");
  expect(await files.usedBytes(ada.id, times(2_000))).toBe(10);
  expect(await files.abandoned(times(2_000))).toEqual([]);
  expect(await files.usedBytes(ada.id, times(2_001))).toBe(0);
  expect(await files.abandoned(times(2_001))).toEqual([{ id: id(1), userId: ada.id }]);
});

it.each(["renew", "complete"] as const)(
  "%s() of one that was suspended beyond its lease goes on only while there is room for it",
  async (method) => {
    const { files, ada, bob, file } = await openWithUsers();
    const goOn = (n: number, now: number, userId = ada.id) => {
      const owner = { id: id(n), userId };
      if (method === "renew") return files.renew({ ...owner, leasedUntil: now + 100 }, quota(100, now));
      return files.complete({ ...owner, sizeBytes: 60 }, quota(100, now));
    };
    await files.reserve(file(1, ada.id, 60), quota(100));
    expect(await goOn(1, 150, bob.id)).toBe("gone");
    expect(await goOn(1, 150)).toBe("done");
    await files.remove({ id: id(1), userId: ada.id, now: 1 });
    await files.reserve(file(2, ada.id, 60), quota(100));
    await files.reserve({ ...file(3, ada.id, 60), leasedUntil: 250 }, quota(100, 150));
    expect(await goOn(2, 160)).toBe("quota_exceeded");
    expect(await goOn(3, 160)).toBe("done");
    expect(await files.usedBytes(ada.id, times(160))).toBe(60);
    await files.remove({ id: id(2), userId: ada.id, now: 1 });
    expect(await goOn(2, 170)).toBe("gone");
  },
);

it("no number of suspended uploads that go on at once outgrows the quota, over two connections", async () => {
  const { files, ada, file } = await openWithUsers();
  const second = createSqliteFileStore(folder.open());
  for (let n = 0; n < 20; n += 1) await files.reserve({ ...file(n, ada.id, 30), leasedUntil: 100 }, quota(1_000));
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      [files, second][n % 2]?.complete({ id: id(n), userId: ada.id, sizeBytes: 30 }, quota(100, 500)),
    ),
  );
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(3);
  expect(await files.usedBytes(ada.id, times(500))).toBe(90);
});

it("removeAbandoned() removes what holds no room, and nothing that arrived or goes on meanwhile", async () => {
  const { files, ada, bob, file } = await openWithUsers();
  for (const n of [1, 2, 3]) await files.reserve(file(n), quota(100));
  await files.complete({ id: id(1), userId: ada.id, sizeBytes: 1 }, quota(100));
  expect(await files.abandoned(times(99))).toEqual([]);
  const found = await files.abandoned(times(100));
  expect(found.map((one) => one.id).sort()).toEqual([id(2), id(3)]);
  await files.renew({ id: id(2), userId: ada.id, leasedUntil: 200 }, quota(100, 100));
  const remove = (n: number, userId = ada.id) => files.removeAbandoned({ id: id(n), userId }, times(100));
  expect([await remove(1), await remove(2), await remove(3, bob.id), await remove(3)]).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect(await files.isKnown(id(3))).toBe(false);
});
