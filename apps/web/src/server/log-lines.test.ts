import { execFile } from "node:child_process";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, inject, it } from "vitest";
import { createLogLines } from "./log-lines.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The bundle of each `*.child.ts`, by its path: `scripts/child-programs.mjs`. */
    childPrograms: Record<string, string>;
  }
}

function prepared() {
  const writes: string[] = [];
  const target = {
    writableLength: 0,
    breaks: false,
    write: (text: string) => {
      if (target.breaks) throw new Error("EPIPE");
      writes.push(text);
    },
  };
  const linesOf = (text: string | undefined) =>
    (text ?? "")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log: createLogLines(target), target, writes, linesOf };
}

describe("createLogLines()", () => {
  it("writes the lines of one turn at once, in their order", async () => {
    const { log, writes, linesOf } = prepared();
    for (const id of [1, 2, 3]) log.add({ id });
    expect(writes).toEqual([]);
    await nextTurn();
    log.add({ id: 4 });
    await nextTurn();
    expect(writes.map((text) => linesOf(text).map(({ id }) => id))).toEqual([[1, 2, 3], [4]]);
  });

  it("writes nothing where there is nothing, and writes what waits when it is asked to", async () => {
    const { log, writes, linesOf } = prepared();
    log.flush();
    log.add({ id: 1 });
    log.flush();
    await nextTurn();
    expect(writes.map((text) => linesOf(text).length)).toEqual([1]);
  });

  it("counts the lines that it leaves out: without a reader, not writable, no JSON", async () => {
    const { log, target, writes, linesOf } = prepared();
    target.writableLength = 2 * 1024 * 1024;
    log.add({ id: 1 });
    target.writableLength = 0;
    log.add({ id: 2n });
    log.add({ id: 3 });
    await nextTurn();
    target.breaks = true;
    for (const id of [4, 5]) log.add({ id });
    await nextTurn();
    log.add({ id: 6 }); // would have said that two are lost
    await nextTurn();
    target.breaks = false;
    log.add({ id: 7 });
    await nextTurn();
    expect(writes.flatMap(linesOf).map(({ id, linesLost }) => [id, linesLost])).toEqual([
      [3, 2],
      [7, 3],
    ]);
  });
});

describe("the log of a process", () => {
  it.each(["exit", "throw", "return"])("loses no line of its last turn, by %s", async (end) => {
    const script = inject("childPrograms")[join(import.meta.dirname, "log-lines.child.ts")] ?? "";
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, [script, "2000", end], (_, stdout) => resolve(stdout));
    });
    const lines = output.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual(
      Array.from({ length: 2000 }, (_, index) => index + 1),
    );
  });
});
