import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withFileLock } from "./file-lock.ts";

vi.mock("node:fs/promises", { spy: true });

let folder: string;
let path: string;
const patient = { waitMs: 5000, staleMs: 60_000 };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watchword-lock-"));
  path = join(folder, "lock");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("withFileLock()", () => {
  it("lets one work at a time, and leaves nothing behind", async () => {
    let working = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++working);
      // Others get every chance to come in: each of these goes through the disk, as their locking does.
      for (let turn = 0; turn < 5; turn += 1) await readdir(folder);
      working -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => withFileLock(path, patient, work)));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it("lets go when the work fails", async () => {
    await expect(withFileLock(path, patient, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await withFileLock(path, patient, async (alone) => alone)).toBe(true);
  });

  it("does the work all the same when the lock cannot be had in time, and says that it is not alone", async () => {
    await writeFile(path, `${process.pid} ${hostname()} other\n`);
    expect(await withFileLock(path, { ...patient, waitMs: 60 }, async (alone) => alone)).toBe(false);
    expect(await readdir(folder)).toEqual(["lock"]);
  });

  it("does the work all the same where no lock can be written", async () => {
    expect(await withFileLock(join(folder, "nowhere", "lock"), patient, async (alone) => alone)).toBe(false);
  });

  it("takes the lock of a process that is gone", async () => {
    await writeFile(path, `999999999 ${hostname()} other\n`);
    expect(await withFileLock(path, patient, async (alone) => alone)).toBe(true);
  });

  it("leaves a lock alone that has replaced a stale one, between the check and the removal", async () => {
    const living = `${process.pid} ${hostname()} living\n`;
    await writeFile(path, `999999999 ${hostname()} dead\n`);
    vi.mocked(readFile).mockImplementationOnce(async (...asked) => {
      const { readFile: read } = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
      const found = await read(...asked);
      await writeFile(path, living);
      return found;
    });
    expect(await withFileLock(path, { ...patient, waitMs: 60 }, async (alone) => alone)).toBe(false);
    expect(await readFile(path, "utf8")).toBe(living);
    expect(await readdir(folder)).toEqual(["lock"]);
  });

  it("takes the lock of a process that was killed before it had put its name there", async () => {
    await writeFile(path, "");
    expect(await withFileLock(path, { ...patient, waitMs: 60 }, async (alone) => alone)).toBe(false);
    await utimes(path, new Date(), new Date(Date.now() - 3000));
    expect(await withFileLock(path, patient, async (alone) => alone)).toBe(true);
  });

  it("does not wait where a folder stands in its place: no process will release it", async () => {
    await mkdir(path);
    const forEver = { waitMs: 3_600_000, staleMs: 1 };
    expect(await withFileLock(path, forEver, async (alone) => alone)).toBe(false);
    expect(await readdir(folder)).toEqual(["lock"]);
  });

  it("takes a lock from another machine only when it is too old for any work", async () => {
    await writeFile(path, "999999999 elsewhere other\n");
    expect(await withFileLock(path, { ...patient, waitMs: 60 }, async (alone) => alone)).toBe(false);
    await utimes(path, new Date(), new Date(Date.now() - 120_000));
    expect(await withFileLock(path, patient, async (alone) => alone)).toBe(true);
  });

  it("does not release a lock that another process has taken meanwhile", async () => {
    await withFileLock(path, patient, () => writeFile(path, "1 elsewhere other\n"));
    expect(await readdir(folder)).toEqual(["lock"]);
  });
});
