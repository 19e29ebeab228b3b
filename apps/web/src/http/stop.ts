import type { Server } from "node:http";

export interface StopOptions {
  server: Server;
  /** How long what is under way may take, in milliseconds. */
  graceMs: number;
  /** Ends what else there is, after the last answer. */
  close: () => Promise<void>;
  exit: (code: number) => void;
}

/** A terminal hands Ctrl+C to every process in it, and npm hands it on once more: within so many milliseconds it is one. */
const sameSignalMs = 500;

/** Ends the server when the process is told to, and at once when it is told a second time. */
export function stopWhenTold(options: StopOptions): void {
  let toldAt: number | undefined;
  const hear = () => {
    if (toldAt === undefined) void stop(options);
    else if (performance.now() - toldAt > sameSignalMs) options.exit(1);
    toldAt ??= performance.now();
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, hear);
}

const sweepMs = 50;

/** Takes nobody new, answers what is under way, lets go of connections as they fall idle, and cuts what is left in the end. */
async function stop({ server, graceMs, close, exit }: StopOptions): Promise<void> {
  setTimeout(() => exit(0), graceMs).unref();
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(sweep);
  await close().catch(() => undefined);
  exit(0);
}
