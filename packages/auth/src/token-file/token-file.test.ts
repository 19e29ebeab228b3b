import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createHold } from "../../test/hold.ts";
import { createFileTokenStore, openTokenFile, type TokenFile } from "./token-file.ts";
import { TokenFileError } from "./token-file-error.ts";

const here = "https://here.example";
const there = "https://there.example";
const tokens = { accessToken: "access-1", refreshToken: "refresh-1" };
const nextTokens = { accessToken: "access-2", refreshToken: "refresh-2" };

let folder: string;
let path: string;
let warnings: string[];
let file: TokenFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watchword-tokens-"));
  path = join(folder, "config", "tokens.json");
  warnings = [];
  file = openTokenFile({ path, warn: (sentence) => warnings.push(sentence) });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (of: string) => (await stat(of)).mode & 0o777;

describe("TokenFile", () => {
  it("gives back what was kept, and null where nothing was", async () => {
    expect(await file.of(here).read()).toBeNull();
    await file.of(here).write(tokens);
    expect(await file.of(here).read()).toEqual(tokens);
    await file.of(here).write(nextTokens);
    expect(await file.of(here).read()).toEqual(nextTokens);
    expect(warnings).toEqual([]);
  });

  it("is for its owner only: mode 0600 in a folder of mode 0700, whatever the umask", async () => {
    const umask = process.umask(0);
    try {
      await file.of(here).write(tokens);
    } finally {
      process.umask(umask);
    }
    expect(await modeOf(path)).toBe(0o600);
    expect(await modeOf(dirname(path))).toBe(0o700);
  });

  it("makes nothing by being read", async () => {
    await file.of(here).read();
    expect(await readdir(folder)).toEqual([]);
  });

  it("keeps the servers apart: no address gets the tokens of another", async () => {
    await file.of(here).write(tokens);
    expect(await file.of(there).read()).toBeNull();
    expect(await file.of(`${here}.evil.example`).read()).toBeNull();
    expect(await file.of("__proto__").read()).toBeNull();
    expect(await file.of("toString").read()).toBeNull();
    await file.of(there).write(nextTokens);
    await file.of(there).clear();
    expect(await file.of(here).read()).toEqual(tokens);
    expect(await file.servers()).toEqual([here]);
  });

  it("leaves no file behind when the last login is forgotten", async () => {
    await file.of(here).write(tokens);
    await file.of(here).clear();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it("loses no login when many write at once", async () => {
    const urls = Array.from({ length: 12 }, (_, index) => `https://${index}.example`);
    const files = urls.map(() => openTokenFile({ path, warn: () => undefined }));
    await Promise.all(urls.map((url, index) => files[index]?.of(url).write(tokens)));
    expect((await file.servers()).sort()).toEqual(urls.sort());
  });

  it("loses nothing when a writer was killed before the renaming, and clears away what it left", async () => {
    await file.of(here).write(tokens);
    const unfinished = join(dirname(path), ".tokens.json.arriving-4711-abc");
    await writeFile(unfinished, '{"version":1,"servers":{"https://he');
    expect(await file.of(here).read()).toEqual(tokens);
    await file.of(here).write(nextTokens);
    expect(await file.of(here).read()).toEqual(nextTokens);
    expect(await readdir(dirname(path))).toEqual(["tokens.json"]);
  });

  it("is not held up by the lock of a writer that was killed", async () => {
    await file.of(here).write(tokens);
    const { hostname } = await import("node:os");
    await writeFile(`${path}.lock`, `999999999 ${hostname()} abc\n`);
    const begun = performance.now();
    await file.of(here).write(nextTokens);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(await readdir(dirname(path))).toEqual(["tokens.json"]);
  });

  it("shows every reader complete tokens while they are being replaced", async () => {
    await file.of(here).write(tokens);
    let writing = true;
    const writer = (async () => {
      for (let turn = 0; turn < 60; turn += 1) await file.of(here).write(turn % 2 ? tokens : nextTokens);
      writing = false;
    })();
    while (writing) {
      const { accessToken, refreshToken } = (await file.of(here).read()) ?? { accessToken: "", refreshToken: "-" };
      expect(accessToken.slice(-1)).toBe(refreshToken.slice(-1));
    }
    await writer;
  });
});

describe("createFileTokenStore()", () => {
  it("is one login of the file, and the same one for every store of its address", async () => {
    await createFileTokenStore({ path, url: here }).write(tokens);
    expect(await createFileTokenStore({ path, url: here }).read()).toEqual(tokens);
    expect(await createFileTokenStore({ path, url: there }).read()).toBeNull();
    expect(await file.of(here).read()).toEqual(tokens);
  });

  it("warns as Node does when there is no `warn`", async () => {
    const emitWarning = vi.spyOn(process, "emitWarning").mockReturnValue();
    await mkdir(dirname(path), { mode: 0o700 });
    await writeFile(path, "damaged", { mode: 0o600 });
    await createFileTokenStore({ path, url: here }).read();
    expect(emitWarning).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("is damaged"));
    emitWarning.mockRestore();
  });
});

describe("exclusively()", () => {
  it("lets one renew a login at a time, and another login meanwhile", async () => {
    const seen: string[] = [];
    const hold = createHold();
    const working = hold.next("first");
    const first = file.of(here).exclusively(async () => {
      await hold.pause("first");
      seen.push("first");
    });
    await working.reached;
    const second = createFileTokenStore({ path, url: here }).exclusively(async () => seen.push("second"));
    await file.of(there).exclusively(async () => seen.push("other login"));
    working.release();
    await Promise.all([first, second]);
    expect(seen).toEqual(["other login", "first", "second"]);
  });

  it("does not wait for itself", async () => {
    const store = createFileTokenStore({ path, url: here });
    const inner = () => file.of(here).exclusively(async () => readdir(dirname(path)));
    expect(await store.exclusively(inner)).toEqual([expect.stringMatching(/^tokens\.json\.[0-9a-f]{12}\.lock$/)]);
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it("is not inherited by what was begun within and goes on afterwards", async () => {
    const hold = createHold();
    const outliving = hold.next("outliving");
    const locksOfLater = async () => {
      await hold.pause("outliving");
      return file.of(here).exclusively(async () => readdir(dirname(path)));
    };
    const { later } = await file.of(here).exclusively(async () => ({ later: locksOfLater() }));
    outliving.release();
    expect(await later).toHaveLength(1);
  });
});

describe("TokenFileError", () => {
  it("is what a store throws when the system rejects a call, with the system's code and what to do", async () => {
    await writeFile(join(folder, "config"), "a file where the folder should be");
    for (const call of [() => file.of(here).read(), () => file.of(here).write(tokens), () => file.of(here).clear()]) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TokenFileError);
      expect(error).toMatchObject({ reason: "unusable", next: expect.stringContaining("See to its folder") });
      expect(String(error)).toMatch(/\((ENOTDIR|EEXIST)\)/);
    }
  });

  it("never holds a token", async () => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const error = await file
      .of(here)
      .write(tokens)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: "not_a_token_file" });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/access-1|refresh-1/);
  });
});

describe("TokenFile in a bad state", () => {
  it("closes a file that others could read, and says so once", async () => {
    await file.of(here).write(tokens);
    await chmod(path, 0o644);
    expect(await file.of(here).read()).toEqual(tokens);
    await file.of(here).read();
    expect(await modeOf(path)).toBe(0o600);
    expect(warnings).toEqual([
      "Others on this machine could read your logins; they no longer can. If they may have, log out",
    ]);
  });

  it.each([
    ["nothing", ""],
    ["half of it", '{"version":1,"servers":{"https://here.example":{"accessTok'],
    ["something else", '["tokens"]'],
    ["NUL after a power cut", "\0\0\0\0"],
  ])("counts as no login when it holds %s, and is put aside, not destroyed", async (_what, text) => {
    await mkdir(dirname(path), { mode: 0o700 });
    await writeFile(path, text, { mode: 0o600 });
    expect(await file.of(here).read()).toBeNull();
    await file.of(here).clear();
    expect(await readFile(path, "utf8")).toBe(text);

    await file.of(here).write(tokens);
    expect(await file.of(here).read()).toEqual(tokens);
    const aside = (await readdir(dirname(path))).find((name) => name.includes(".damaged-"));
    expect(await readFile(join(dirname(path), aside ?? ""), "utf8")).toBe(text);
    expect(warnings).toEqual([expect.stringContaining("is damaged"), expect.stringContaining(aside ?? "?")]);
  });

  it("uses no entry that is no tokens, and leaves it where it is", async () => {
    await mkdir(dirname(path), { mode: 0o700 });
    const servers = { [here]: { accessToken: "a\r\nx-evil: 1", refreshToken: "b" }, [there]: { note: "by hand" } };
    await writeFile(path, JSON.stringify({ version: 1, servers }), { mode: 0o600 });
    expect(await file.of(here).read()).toBeNull();
    await file.of(here).write(tokens);
    expect(JSON.parse(await readFile(path, "utf8")).servers[there]).toEqual({ note: "by hand" });
  });

  it("rejects what a newer version wrote, and leaves it as it is", async () => {
    await mkdir(dirname(path), { mode: 0o700 });
    await writeFile(path, '{"version":2}', { mode: 0o600 });
    await expect(file.of(here).write(tokens)).rejects.toMatchObject({ reason: "newer_version" });
    expect(await readFile(path, "utf8")).toBe('{"version":2}');
  });

  it("follows no symbolic link, neither to read nor to write", async () => {
    await mkdir(dirname(path), { mode: 0o700 });
    const target = join(folder, "target");
    await writeFile(target, JSON.stringify({ version: 1, servers: { [here]: tokens } }), { mode: 0o600 });
    await symlink(target, path);
    await expect(file.of(here).read()).rejects.toMatchObject({ reason: "symbolic_link" });
    await expect(file.of(here).write(nextTokens)).rejects.toMatchObject({ reason: "symbolic_link" });
    expect(JSON.parse(await readFile(target, "utf8")).servers[here]).toEqual(tokens);
  });

  it("rejects a folder in which other users could put another file in its place", async () => {
    await file.of(here).write(tokens);
    await chmod(dirname(path), 0o777);
    await expect(file.of(here).read()).rejects.toMatchObject({ reason: "folder_open_to_others" });
    await expect(file.of(here).write(nextTokens)).rejects.toMatchObject({ reason: "folder_open_to_others" });
    await chmod(dirname(path), 0o700);
    expect(await file.of(here).read()).toEqual(tokens);
  });

  it("rejects a folder in its place", async () => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await expect(file.of(here).read()).rejects.toMatchObject({ reason: "not_a_token_file" });
    await expect(file.of(here).write(tokens)).rejects.toMatchObject({ reason: "not_a_token_file" });
  });
});
