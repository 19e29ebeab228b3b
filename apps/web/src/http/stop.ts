import { Server as Listener } from "node:net";
import { setTimeout as timer } from "node:timers/promises";
import { exitAfterAbandoning } from "../server/shutdown.ts";
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

/** Ends the server on a stop signal, and at once on a second one. */
export function stopOnSignal(options: StopOptions): void {
  let signalledAt: number | undefined;
  const onSignal = () => {
    if (signalledAt === undefined) void stop(options);
    else if (performance.now() - signalledAt > sameSignalMs) void exitAfterAbandoning(options, 1);
    signalledAt ??= performance.now();
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, onSignal);
}

const letGoEveryMs = 50;

/** Takes no new connection, answers what is under way, lets go of connections as they fall idle, and cuts what is left in the end. */
async function stop({ server, letGo, closing, graceMs, abandon, close, exit }: StopOptions): Promise<void> {
  setTimeout(() => void exitAfterAbandoning({ abandon, exit }, 0), graceMs).unref();
  closing.abort();
  await untilQuiet(server);
  // Not the `close` of an HTTP server: that one resets what is connected and has not been read yet.
  const closed = new Promise((resolve) => Listener.prototype.close.call(server, resolve));
  const interval = setInterval(letGo, letGoEveryMs);
  await closed;
  clearInterval(interval);
  await close().catch(() => undefined);
  exit(0);
}

const quietMs = 100;
/** Where a proxy goes on sending clients here, they are rejected after so long. */
const longestMs = 1_500;

/**
 * A client that has connected waits in the system's queue, from which Node takes one at a time; closing it would reset them all. So
 * those that are there are taken first, and later ones are rejected.
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
