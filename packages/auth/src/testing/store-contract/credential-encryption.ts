import { describe, expect, it } from "vitest";
import { testStart } from "../fake-clock.ts";
import { aNewUser } from "../fixtures.ts";
import { versionOf } from "./credential-rows.ts";
import { aCredential, type CurrentStore, found, storedAccount } from "./harness.ts";

const now = testStart + 60_000;

/** Data that is encrypted under another key: which rows those are, and that no use is lost over it. */
export function describeEncryption(current: CurrentStore): void {
  describeOutdated(current);
  describeReencryption(current);
}

function describeOutdated(current: CurrentStore): void {
  async function withData(...data: string[]): Promise<string[]> {
    const { user } = await storedAccount(current());
    const keys = data.map((one) => aCredential(user.id, { data: one }));
    for (const [index, credential] of keys.entries()) {
      expect(await current().addCredential({ credential, credentialVersion: index + 1 })).toBe("added");
    }
    return keys.map(({ id }) => id);
  }

  describe("listOutdatedCredentials()", () => {
    it("lists what is encrypted under another key, of all users, by id and so many at a time", async () => {
      const [a = "", , , b = "", , , , c = ""] = await withData(
        "jwe.old.1",
        "jwe.new.2",
        "plain",
        "jwe.old.3",
        "JWE.old.4",
        " jwe.old.5",
        "jwe.new.",
        "jwe.ne",
      );
      const [d = ""] = await withData("jwe.older.1");
      const outdated = [a, b, c, d].sort();
      const list = (after: string | null, limit: number) =>
        current().listOutdatedCredentials({ encrypted: "jwe.", current: "jwe.new.", after, limit });
      expect((await list(null, 99)).map(({ id }) => id)).toEqual(outdated);
      expect((await list(null, 2)).map(({ id }) => id)).toEqual(outdated.slice(0, 2));
      expect((await list(outdated[1] ?? "", 2)).map(({ id }) => id)).toEqual(outdated.slice(2));
      expect(await list(outdated[3] ?? "", 2)).toEqual([]);
    });

    it("returns each row whole, and takes no sign of a prefix for a pattern", async () => {
      const { user } = await storedAccount(current());
      const credential = aCredential(user.id, { data: "j%_.old" });
      await current().addCredential({ credential, credentialVersion: 1 });
      const list = (encrypted: string) =>
        current().listOutdatedCredentials({ encrypted, current: "j%_.new", after: null, limit: 9 });
      expect(await list("j%_.")).toEqual([credential]);
      expect(await list("_%")).toEqual([]);
      expect(await list("*")).toEqual([]);
    });
  });
}

function describeReencryption(current: CurrentStore): void {
  describe("reencryptCredential()", () => {
    it("replaces the data while it is what was read, and raises nothing", async () => {
      const { user, session } = await storedAccount(current());
      const credential = aCredential(user.id, { data: "jwe.old", lastUsedAt: testStart });
      await current().addCredential({ credential, credentialVersion: 1 });
      const { id } = credential;
      expect(await current().reencryptCredential({ id, from: "another", to: "jwe.new" })).toBe(false);
      expect(await current().reencryptCredential({ id: aNewUser().id, from: "jwe.old", to: "jwe.new" })).toBe(false);
      expect(await current().reencryptCredential({ id, from: "jwe.old", to: "jwe.new" })).toBe(true);
      expect(await current().reencryptCredential({ id, from: "jwe.old", to: "jwe.newer" })).toBe(false);
      const rows = await current().listCredentials(user.id);
      expect(rows.find((row) => row.id === id)).toEqual({ ...credential, data: "jwe.new" });
      expect(await versionOf(current(), user.id)).toBe(2);
      expect((await found(current(), session.id)).session.credentialVersion).toBe(2);
      // A use that read the data of before states the version, and still counts.
      expect(await current().useCredential({ id, version: 1, data: "jwe.used", now })).toBe(true);
    });

    it("never undoes a use: of both at once the data of the use stays", async () => {
      const { user } = await storedAccount(current());
      const credential = aCredential(user.id, { data: "jwe.old" });
      await current().addCredential({ credential, credentialVersion: 1 });
      const { id } = credential;
      await Promise.all([
        current().reencryptCredential({ id, from: "jwe.old", to: "jwe.new" }),
        current().useCredential({ id, version: 1, data: "jwe.used", now }),
        current().reencryptCredential({ id, from: "jwe.old", to: "jwe.new" }),
      ]);
      expect((await current().listCredentials(user.id)).find((row) => row.id === id)?.data).toBe("jwe.used");
    });
  });
}
