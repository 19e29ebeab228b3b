import { readdirSync, readFileSync } from "node:fs";

/** The processor time of a process, as the kernel counts it. */
export interface CpuReading {
  /** Nanoseconds of each thread that lives. */
  threads: Map<string, number>;
  /** Of the whole process, those of threads that have ended too; exact to a tick of the clock alone. */
  microseconds: number;
}

const tickMicroseconds = 10_000;

export function readCpu(pid: number): CpuReading {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const threads = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) threads.set(thread, threadNanoseconds(pid, thread));
  return { threads, microseconds: (Number(fields[11]) + Number(fields[12])) * tickMicroseconds };
}

function threadNanoseconds(pid: number, thread: string | number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
  } catch {
    return 0; // it has just ended
  }
}

/** Microseconds of all threads between two readings. What a thread that ended in between has spent, only the ticks know. */
export function cpuBetween(before: CpuReading, after: CpuReading): number {
  const hasEnded = [...before.threads.keys()].some((thread) => !after.threads.get(thread));
  if (hasEnded) return after.microseconds - before.microseconds;
  let nanoseconds = 0;
  for (const [thread, spent] of after.threads) nanoseconds += spent - (before.threads.get(thread) ?? 0);
  return nanoseconds / 1000;
}

/** Of the thread that makes the load: with one core full, the server is not what is measured any more. */
export const generatorNanoseconds = () => threadNanoseconds(process.pid, process.pid);

/** What a process holds now, and the most that it has held, in MiB. */
export function readMemory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mebibytes = (line: string) => Number(new RegExp(`${line}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: mebibytes("VmRSS"), peak: mebibytes("VmHWM") };
}
