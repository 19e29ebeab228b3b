import { appendFile, chmod, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { maxFileBytes, startTestServer, type TestServer } from "./testing/server.ts";
import { type Machine, startMachine } from "./testing/terminal.ts";

let server: TestServer;
let machine: Machine;
let report: string;
/** Larger than one chunk of a stream, and not text. */
const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));

beforeEach(async () => {
  server = await startTestServer();
  machine = await startMachine(server);
  await machine.login();
  report = join(machine.folder, "report.pdf");
  await writeFile(report, content);
});

afterEach(async () => {
  await machine.remove();
  await server.close();
});

const at = (name: string) => join(machine.folder, name);

async function fileAt(name: string, text: string): Promise<string> {
  await writeFile(at(name), text);
  return at(name);
}

async function put(...line: string[]): Promise<{ id: string; name: string; contentType: string; sizeBytes: number }> {
  const { code, out, err } = await machine.run(["files", "put", ...line, "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out).files[0];
}

describe("files", () => {
  it("go up, are listed, come down the same, and go away", async () => {
    const putting = await machine.run(["files", "put", report]);
    expect(putting.out).toMatch(/^Put report\.pdf \(300 kB\) as [0-9a-f-]{36}\n$/);
    const listing = await machine.run(["files", "ls"]);
    expect(listing.out).toMatch(
      /^[0-9a-f-]{36} {2}300 kB {2}today, \d\d:\d\d {2}report\.pdf\n1 file, 300 kB of 4 MB\n$/,
    );

    const copy = at("copy.pdf");
    expect(await machine.run(["files", "get", "report.pdf", "-o", copy])).toEqual({
      code: 0,
      out: `Got report.pdf (300 kB) as ${copy}\n`,
      err: "",
    });
    expect((await readFile(copy)).equals(content)).toBe(true);

    expect(await machine.run(["files", "rm", "report.pdf"])).toMatchObject({ code: 0 });
    const { out } = await machine.run(["files", "ls"]);
    expect(out).toBe("No files yet. Put one there: watchword files put <path>\n");
  });

  it("keep their names, whatever language they are in, and what they are", async () => {
    const path = at("Zoë – 100 % नमस्ते.png");
    await writeFile(path, "x");
    expect(await put(path)).toMatchObject({ name: "Zoë – 100 % नमस्ते.png", contentType: "image/png", sizeBytes: 1 });
    expect(await put(report, "--name", "q3.txt")).toMatchObject({ name: "q3.txt", contentType: "text/plain" });
  });

  it("can be empty, and several at once", async () => {
    const [empty, other] = [at("empty"), at("other")];
    await Promise.all([writeFile(empty, ""), writeFile(other, "1")]);
    const { out } = await machine.run(["files", "put", empty, other, "--json"]);
    expect(JSON.parse(out).files).toMatchObject([{ sizeBytes: 0 }, { sizeBytes: 1 }]);
    expect(await machine.run(["files", "get", "empty", "-o", at("got")])).toMatchObject({ code: 0 });
    expect(await readFile(at("got"))).toHaveLength(0);
  });

  it("are not sent at all when one of them is not there, is no file, or has no room", async () => {
    const large = at("large");
    await writeFile(large, Buffer.alloc(maxFileBytes + 1));
    expect(await machine.run(["files", "put", report, at("nowhere")])).toMatchObject({ code: 1 });
    expect(await machine.run(["files", "put", report, machine.folder])).toMatchObject({ code: 1 });
    const { code, err } = await machine.run(["files", "put", report, large]);
    expect({ code, err: err.split("\n")[0] }).toEqual({
      code: 1,
      err: `"${large}" is larger than the 2 MB that one file may have`,
    });
    expect(await machine.run(["files", "put", report, report, "--name", "x"])).toMatchObject({ code: 2 });
    expect(server.seen.filter(({ path }) => path.endsWith("/files.upload"))).toEqual([]);
  });

  it("are meant by id or by name, and never guessed at", async () => {
    const first = await put(report);
    const second = await put(report);
    const { code, err } = await machine.run(["files", "rm", "report.pdf"]);
    expect(code).toBe(1);
    expect(err).toContain(`Name one by its id: ${second.id}, ${first.id}`);
    expect(await machine.run(["files", "rm", first.id])).toMatchObject({ code: 0 });
    expect(await machine.run(["files", "rm", "report.pdf"])).toMatchObject({ code: 0 });
    expect(await machine.run(["files", "rm", "report.pdf"])).toMatchObject({ code: 1 });
  });

  it("are sent again, whole, when the access token runs out on the way", async () => {
    server.intercept = (request) => {
      if (!request.url.endsWith("/files.upload")) return undefined;
      server.intercept = undefined;
      server.clock.advance(3_600_000);
      return undefined;
    };
    const { id } = await put(report);
    expect(await machine.run(["files", "get", id, "-o", at("copy")])).toMatchObject({ code: 0 });
    expect((await readFile(at("copy"))).equals(content)).toBe(true);
  });
});

describe("files put", () => {
  /** Changes the file while its upload has begun, before its bytes are sent. */
  function whenListed(change: () => Promise<unknown>) {
    server.intercept = async (request) => {
      if (request.url.endsWith("/files.list")) {
        server.intercept = undefined;
        await change();
      }
      return undefined;
    };
  }

  it.each<[string, () => Promise<unknown>]>([
    ["grows", () => appendFile(report, "more")],
    ["shrinks", () => truncate(report, 10)],
    ["is rewritten", () => writeFile(report, "another")],
    ["is replaced", async () => rename(await fileAt("other", "another"), report)],
    ["goes away", () => rm(report)],
  ])("says that a file %s while it is sent, and keeps nothing of it", async (_what, change) => {
    whenListed(change);
    expect(await machine.run(["files", "put", report])).toEqual({
      code: 1,
      out: "",
      err:
        `"${report}" was changed while it was being sent\nNothing of it was kept\n` +
        "Next: Put it when nothing writes to it, or put a copy\n",
    });
    expect((await machine.run(["files", "ls"])).out).toContain("No files yet");
  });

  it("takes back a file that changed when all of it was sent", async () => {
    server.intercept = async (request) => {
      if (!request.url.endsWith("/files.upload")) return undefined;
      server.intercept = undefined;
      await request.arrayBuffer();
      await appendFile(report, "more");
      return undefined;
    };
    expect(await machine.run(["files", "put", report, "--json"])).toMatchObject({ code: 1, out: "" });
    expect((await machine.run(["files", "ls"])).out).toContain("No files yet");
  });

  it.each([
    ["a folder", () => machine.folder, "Put the files in it: watchword files put"],
    ["a device that never ends", () => "/dev/zero", "Read from it: watchword files put - --name <name> < /dev/zero"],
  ])("rejects %s before anything is sent", async (_what, path, next) => {
    const { code, err } = await machine.run(["files", "put", path()]);
    expect(code).toBe(1);
    expect(err).toContain(`"${path()}" is not a file\nNext: ${next}`);
    expect(server.seen.filter(({ path: seen }) => seen.includes("files."))).toEqual([]);
  });

  it.runIf(process.platform === "linux")("sends what a file of no size has in it when it is read", async () => {
    expect(await machine.run(["files", "put", "/proc/self/status"])).toMatchObject({ code: 0, err: "" });
    expect((await machine.run(["files", "get", "status", "-o", "-"])).out).toContain("Pid:");
  });

  it("puts what comes through a pipe, byte for byte, under the name it is given", async () => {
    const { code, out } = await machine.run(["files", "put", "-", "--name", "notes.md"], { stdin: "é\n\0end" });
    expect(code).toBe(0);
    expect(out).toMatch(/^Put notes\.md \(7 bytes\) as [0-9a-f-]{36}\n$/);
    expect((await machine.run(["files", "get", "notes.md", "-o", "-"])).out).toBe("é\n\0end");
  });

  it("sends what came through a pipe again, whole, when the access token runs out on the way", async () => {
    server.intercept = (request) => {
      if (!request.url.endsWith("/files.upload")) return undefined;
      server.intercept = undefined;
      server.clock.advance(3_600_000);
      return undefined;
    };
    await machine.run(["files", "put", "-", "--name", "a"], { stdin: "all of it" });
    expect((await machine.run(["files", "get", "a", "-o", "-"])).out).toBe("all of it");
  });

  it.each([
    [["-"], "What comes through a pipe has no name"],
    [["-", "--name", ""], "What comes through a pipe has no name"],
    [["-", "other", "--name", "a"], "A pipe cannot be put together with files"],
  ])("exits with 2 on files put %j", async (line, sentence) => {
    expect(await machine.run(["files", "put", ...line])).toMatchObject({
      code: 2,
      err: expect.stringContaining(sentence),
    });
  });

  it("stops to read a pipe that brings more than a file may have, and sends nothing", async () => {
    const { code, err } = await machine.run(["files", "put", "-", "--name", "a"], {
      stdin: "x".repeat(maxFileBytes + 1),
    });
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining("What comes through the pipe is larger than the 2 MB that one file may have"),
    });
    expect(server.seen.filter(({ path }) => path.endsWith("/files.upload"))).toEqual([]);
  });
});

describe("files get", () => {
  it("never replaces what is there, unless it is told to", async () => {
    await put(report);
    const copy = at("copy.pdf");
    await writeFile(copy, "precious");
    const { code, err } = await machine.run(["files", "get", "report.pdf", "-o", copy]);
    expect(code).toBe(1);
    expect(err).toContain("is there already, and was left as it is");
    expect(await readFile(copy, "utf8")).toBe("precious");
    expect(server.seen.filter(({ path }) => path.startsWith("/api/files/"))).toEqual([]);
    expect(await machine.run(["files", "get", "report.pdf", "-o", copy, "--force"])).toMatchObject({ code: 0 });
    expect((await readFile(copy)).equals(content)).toBe(true);
  });

  it("does not replace either what came there during the download", async () => {
    await put(report);
    const copy = at("copy.pdf");
    server.intercept = async (request) => {
      if (request.url.includes("/api/files/")) await writeFile(copy, "precious");
      return undefined;
    };
    expect(await machine.run(["files", "get", "report.pdf", "-o", copy])).toMatchObject({ code: 1 });
    expect(await readFile(copy, "utf8")).toBe("precious");
  });

  it("writes into a folder, or to stdout", async () => {
    await put(report);
    await mkdir(at("folder"));
    expect(await machine.run(["files", "get", "report.pdf", "-o", at("folder")])).toMatchObject({ code: 0 });
    expect((await readFile(at("folder/report.pdf"))).equals(content)).toBe(true);
    await writeFile(at("line.txt"), "one line\n");
    await put(at("line.txt"));
    expect(await machine.run(["files", "get", "line.txt", "-o", "-"])).toEqual({ code: 0, out: "one line\n", err: "" });
    expect(await machine.run(["files", "get", "line.txt", "-o", "-", "--json"])).toMatchObject({ code: 2, out: "" });
  });

  it.each([
    ["is cut off", () => new Response(content.subarray(0, 1000), { headers: { "content-length": "1000" } })],
    ["is another file", () => new Response("short")],
  ])("keeps nothing of a download that %s", async (_what, output) => {
    await put(report);
    await mkdir(at("folder"));
    server.intercept = (request) => (request.url.includes("/api/files/") ? output() : undefined);
    const { code, err } = await machine.run(["files", "get", "report.pdf", "-o", at("folder")]);
    expect(code).toBe(1);
    expect(err).toContain("The download broke off");
    expect(await readdir(at("folder"))).toEqual([]);
  });

  it("refreshes silently when the door for bytes finds the access token expired", async () => {
    await put(report);
    server.intercept = (request) => {
      if (!request.url.includes("/api/files/")) return undefined;
      server.intercept = undefined;
      server.clock.advance(3_600_000);
      return undefined;
    };
    expect(await machine.run(["files", "get", "report.pdf", "-o", at("copy")])).toMatchObject({ code: 0, err: "" });
    expect(server.seen.filter(({ path }) => path.endsWith("/auth.refresh"))).toHaveLength(1);
    expect((await readFile(at("copy"))).equals(content)).toBe(true);
  });

  it.each([
    ["../../evil", ".._.._evil"],
    ["..", undefined],
    ["a\u001b[2J\u202eb", "ab"],
  ])("writes the name %j of a bad server inside of the folder it was told", async (name, safe) => {
    const { id } = await put(report);
    await mkdir(at("folder"));
    const file = {
      id,
      name,
      contentType: "text/plain",
      sizeBytes: content.length,
      createdAt: "2026-01-01T00:00:00.000Z",
    };
    const list = { files: [file], usedBytes: 0, quotaBytes: 0, maxFileBytes: 0 };
    server.intercept = (request) =>
      request.url.endsWith("/files.list") ? Response.json({ result: { data: list } }) : undefined;
    expect(await machine.run(["files", "get", id, "-o", at("folder")])).toMatchObject({ code: 0 });
    expect(await readdir(at("folder"))).toEqual([safe ?? id]);
  });

  it("says so when the place cannot be written to", async () => {
    await put(report);
    const { code, err } = await machine.run(["files", "get", "report.pdf", "-o", at("nowhere/x")]);
    expect(code).toBe(1);
    expect(err).toContain("cannot be written (ENOENT)");
  });

  it("leaves a file as readable as the umask says", async () => {
    await put(report);
    await machine.run(["files", "get", "report.pdf", "-o", at("copy")]);
    await chmod(report, 0o666 & ~process.umask());
    expect((await stat(at("copy"))).mode).toBe((await stat(report)).mode);
  });
});
