import { Server as Listener } from "node:net";
import { setTimeout as timer } from "node:timers/promises";
import { leave } from "../server/shutdown.ts";
import type { HttpServer } from "./http-server.ts";

export interface StopOptions extends HttpServer {
  /** Aborted first: from then on every answer ends its connection. */
  closing: AbortController;
  /** How long what is under way may take, in milliseconds. */
  graceMs: number;
  /** Ends what is still under way when its time is up, and gives back what it holds. */
  abandon: () => Promise<unknown>;
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
    else if (performance.now() - toldAt > sameSignalMs) void leave(options, 1);
    toldAt ??= performance.now();
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, hear);
}

const sweepMs = 50;

/** Takes nobody new, answers what is under way, lets go of connections as they fall idle, and cuts what is left in the end. */
async function stop({ server, letGo, closing, graceMs, abandon, close, exit }: StopOptions): Promise<void> {
  setTimeout(() => void leave({ abandon, exit }, 0), graceMs).unref();
  closing.abort();
  await untilQuiet(server);
  // Not the `close` of an HTTP server: that one resets what is connected and has not been read yet.
  const closed = new Promise((resolve) => Listener.prototype.close.call(server, resolve));
  const sweep = setInterval(letGo, sweepMs);
  await closed;
  clearInterval(sweep);
  await close().catch(() => undefined);
  exit(0);
}

const quietMs = 100;
/** Where somebody goes on sending people here, they are turned away after so long. */
const longestMs = 1_500;

/**
 * Whoever has connected is waiting in the system's queue, from which Node takes one at a time; closing it would reset them all. So
 * those that are there are taken first, and the next ones find the door closed.
 */
async function untilQuiet(server: Listener): Promise<void> {
  const begun = performance.now();
  let newest = begun;
  const note = () => {
    newest = performance.now();
  };
  server.on("connection", note);
  while (performance.now() - newest < quietMs && performance.now() - begun < longestMs) await timer(quietMs / 4);
  server.off("connection", note);
}
