import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { heapOptions } from "./heap-options.ts";

/** The built app on the loopback, with a database of its own. */
export interface BenchApp {
  /** The router's address. */
  url: string;
  databaseFile: string;
  /** The processor time that the server has spent so far, in microseconds; undefined where the system does not say. */
  cpuMicroseconds(): number | undefined;
  /** The most memory that the server has held so far, in MiB; undefined where the system does not say. */
  peakMemoryMiB(): number | undefined;
  /** What it holds just now, in MiB. */
  memoryMiB(): number | undefined;
  /** The most that V8 kept after a full collection since this was asked last, in MiB. Needs `--trace-gc` in `nodeOptions`. */
  keptHeapMiB(): number;
  /** Calls a procedure and returns its data. */
  call<T>(path: string, input: unknown): Promise<T>;
  stop(): Promise<void>;
}

const web = fileURLToPath(new URL("../apps/web", import.meta.url));

interface StartOptions {
  hostedBy?: "us" | "next";
  port?: string;
  /** More options of Node than `npm start` gives. */
  nodeOptions?: readonly string[];
}

/** Starts the app as it is shipped: production build, default cost of hashing. Or in a host that only runs Next. */
export async function startApp(
  env: Record<string, string> = {},
  { hostedBy = "us", port = "3461", nodeOptions = [] }: StartOptions = {},
): Promise<BenchApp> {
  const folder = mkdtempSync(join(tmpdir(), "watchword-bench-"));
  const databaseFile = join(folder, "watchword.db");
  const next = join(web, "node_modules", "next", "dist", "bin", "next");
  const args =
    hostedBy === "us"
      ? [...heapOptions, ...nodeOptions, join(web, "serve.mjs"), port, "127.0.0.1"]
      : [next, "start", "--port", port, "--hostname", "127.0.0.1"];
  const server = spawn(process.execPath, args, {
    cwd: web,
    // A log that nobody reads costs the server least.
    stdio: ["ignore", nodeOptions.includes("--trace-gc") ? "pipe" : "ignore", "inherit"],
    env: {
      ...process.env,
      PORT: port,
      // All calls come from one address, and would be counted together.
      LIMIT_LOGIN_PER_ACCOUNT_AND_ADDRESS: "900000/60",
      LIMIT_LOGIN_PER_ADDRESS: "900000/60",
      LIMIT_REGISTRATION_PER_ADDRESS: "900000/60",
      LIMIT_MAIL_PER_ADDRESS: "900000/60",
      APP_URL: `http://localhost:${port}`,
      DATABASE_URL: `file:${databaseFile}`,
      UPLOAD_DIR: join(folder, "uploads"),
      NEXT_TELEMETRY_DISABLED: "1",
      ...env,
    },
  });
  let keptHeapMiB = 0;
  if (server.stdout) {
    createInterface({ input: server.stdout }).on("line", (line) => {
      const kept = /Mark-Compact.* -> (\d+\.\d+) /.exec(line)?.[1];
      if (kept) keptHeapMiB = Math.max(keptHeapMiB, Number(kept));
    });
  }
  const url = `http://127.0.0.1:${port}/api/trpc`;
  await answering(`${url}/auth.me`);
  return {
    url,
    databaseFile,
    cpuMicroseconds: () => cpuMicroseconds(server.pid),
    peakMemoryMiB: () => memoryMiB(server.pid, "VmHWM"),
    memoryMiB: () => memoryMiB(server.pid, "VmRSS"),
    keptHeapMiB() {
      const most = keptHeapMiB;
      keptHeapMiB = 0;
      return most;
    },
    call: async (path, input) => {
      const response = await fetch(`${url}/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(input),
      });
      const answer = (await response.json()) as { result?: { data: never } };
      if (!answer.result) throw new Error(`"${path}" answered ${response.status}`);
      return answer.result.data;
    },
    stop: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The app did not start");
}

function memoryMiB(pid: number | undefined, line: "VmHWM" | "VmRSS"): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kibibytes = new RegExp(`${line}:\\s+(\\d+) kB`).exec(status)?.[1];
    return kibibytes === undefined ? undefined : Math.round(Number(kibibytes) / 1024);
  } catch {
    return undefined;
  }
}

/** A tick of the kernel's clock is 10 ms. */
function cpuMicroseconds(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return undefined;
  }
}
