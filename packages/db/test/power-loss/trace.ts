import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Whether the recorder can be built here: it replaces functions of Linux's C library, and needs a compiler. */
export const canRecord = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;

/** Builds the recorder. */
export function buildRecorder(library: string): void {
  const source = fileURLToPath(new URL("recorder.c", import.meta.url));
  execFileSync("cc", ["-shared", "-fPIC", "-O2", "-Wall", "-o", library, source, "-ldl", "-lpthread"]);
}

const files = ["database", "log", "acks"] as const;
type File = (typeof files)[number];

/** One step of the recorded process, in the order in which they happened. */
export type Step =
  | { kind: "write"; file: File; at: number; data: Buffer }
  | { kind: "truncate"; file: File; size: number }
  | { kind: "flush begins"; file: File; flush: number }
  | { kind: "flush ended"; file: File; flush: number };

const headerBytes = 24;

/** The steps in a file that `recorder.c` wrote. */
export function readTrace(path: string): Step[] {
  const trace = readFileSync(path);
  const steps: Step[] = [];
  for (let at = 0; at < trace.length; ) {
    const kind = String.fromCharCode(trace.readUInt32LE(at));
    const file = files[trace.readUInt32LE(at + 4)];
    const [number, length] = [Number(trace.readBigUInt64LE(at + 8)), Number(trace.readBigUInt64LE(at + 16))];
    at += headerBytes;
    if (!file) throw new Error("The trace is no trace");
    if (kind === "W") steps.push({ kind: "write", file, at: number, data: trace.subarray(at, at + length) });
    else if (kind === "T") steps.push({ kind: "truncate", file, size: number });
    else if (kind === "B") steps.push({ kind: "flush begins", file, flush: number });
    else steps.push({ kind: "flush ended", file, flush: number });
    at += length;
  }
  return steps;
}
