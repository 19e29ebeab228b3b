import { statSync } from "node:fs";
import { aNewUser, aSession } from "@watchword/auth/testing";
import { expect, it, onTestFinished } from "vitest";
import { useTestFolder } from "../../../test/test-database.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { openSqlite } from "./connection.ts";

const folder = useTestFolder();

/** Two connections, as two processes have them; the first one looks at a session without end. */
async function start() {
  const reader = createSqliteAuthStore(folder.open());
  const connection = openSqlite({ file: folder.path() });
  onTestFinished(() => connection.close());
  const writer = createSqliteAuthStore(connection);
  const user = aNewUser();
  const session = aSession({ userId: user.id });
  await writer.createAccount({ user, session });
  return { reader, writer, user, session };
}

it("every look sees the newest commit of another connection, while the lock is kept and while it is not", async () => {
  const { reader, writer, user, session } = await start();
  for (let count = 1; count <= 400; count += 1) {
    await writer.changeName({ userId: user.id, name: `Name ${count}` });
    for (let count2 = 0; count2 < 3; count2 += 1) {
      expect((await reader.findSessionWithUser(session.id))?.user.name).toBe(`Name ${count}`);
    }
  }
});

it("the write-ahead log does not grow without end while sessions are looked at all the time", async () => {
  const { reader, writer, user, session } = await start();
  let largest = 0;
  for (let count = 0; count < 4_000; count += 1) {
    await writer.changeName({ userId: user.id, name: `Name ${count}` });
    await reader.findSessionWithUser(session.id);
    largest = Math.max(largest, statSync(`${folder.path()}-wal`).size);
  }
  // SQLite takes it over at 1,000 pages of 4 KiB; each commit above writes one page or two.
  expect(largest / 1024 ** 2).toBeLessThan(8);
});
