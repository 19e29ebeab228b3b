import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTokenFile, type TokenFile } from "./token-file.ts";

const here = "https://here.example";
const there = "https://there.example";
const tokens = { accessToken: "access-1", refreshToken: "refresh-1" };

let folder: string;
let path: string;
let file: TokenFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watchword-place-"));
  path = join(folder, "config", "tokens.json");
  file = openTokenFile({ path });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("prepare()", () => {
  it("makes the folder, leaves nothing in it, and changes no login that is there", async () => {
    await file.of(here).prepare();
    expect(await readdir(dirname(path))).toEqual([]);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
    await file.of(here).write(tokens);
    await file.of(there).prepare();
    expect(await readdir(dirname(path))).toEqual(["tokens.json"]);
    expect(await file.of(here).read()).toEqual(tokens);
  });

  it("makes a folder of any depth, also when many do so at once", async () => {
    const deep = openTokenFile({ path: join(folder, "a", "b", "c", "d", "tokens.json") });
    await Promise.all(Array.from({ length: 20 }, () => deep.of(here).prepare()));
    expect(await readdir(join(folder, "a", "b", "c", "d"))).toEqual([]);
  });

  it.each<[string, (name: string) => Promise<unknown> | string]>([
    ["a file stands where its folder should be", (name) => writeFile(name, "")],
    ["its folder is a link that leads nowhere", (name) => symlink(join(folder, "nowhere"), name)],
    ["its folder cannot be made in one that is there", () => "/proc"],
    ["its folder takes no file", () => "/proc/self"],
  ])("throws where %s, as writing and renewing do, and does not try for ever", async (_what, spoil) => {
    const name = join(folder, "spoiled");
    const spoiled = await spoil(name);
    const store = openTokenFile({
      path: join(typeof spoiled === "string" ? spoiled : name, "below", "tokens.json"),
    }).of(here);
    for (const use of [
      () => store.prepare(),
      () => store.write(tokens),
      () => store.exclusively(async () => undefined),
    ]) {
      await expect(use()).rejects.toMatchObject({ name: "TokenFileError", reason: "unusable" });
    }
  });

  it("throws where the file is none of logins, or of a newer version", async () => {
    await mkdir(dirname(path));
    await writeFile(path, '{"version":2}');
    await expect(file.of(here).prepare()).rejects.toMatchObject({ reason: "newer_version" });
  });
});
