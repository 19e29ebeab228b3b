// The process of the open loop: takes a task, sends its requests at their instants, and reports the latencies.
import { Connection, type HttpResponse } from "./connection.ts";
import type { OpenLoop, OpenLoopReport } from "./open-loop.ts";

/** A timer has a resolution of a millisecond. What is left before an instant is waited for in turns of the event loop. */
const turnsBelowMs = 1.5;
/** More connections than that say that the server has stopped. */
const mostConnections = 1_800;
/** For how long the last answers are waited for. */
const lastAnswersMs = 30_000;

class Run {
  readonly #loop: OpenLoop;
  readonly #finish: (report: OpenLoopReport) => void;
  readonly #begin = performance.now();
  readonly #count: number;
  readonly #latencies: number[] = [];
  readonly #connections: Connection[] = [];
  readonly #free: number[] = [];
  /** For each connection, which request is on it. */
  readonly #current: number[] = [];
  readonly #timeout: NodeJS.Timeout;
  #sent = 0;
  #isOver = false;

  constructor(loop: OpenLoop, finish: (report: OpenLoopReport) => void) {
    this.#loop = loop;
    this.#finish = finish;
    this.#count = Math.max(1, Math.floor((loop.seconds * 1000) / loop.gapMs));
    this.#timeout = setTimeout(
      () => this.#end({ error: "Not every answer came" }),
      loop.seconds * 1000 + lastAnswersMs,
    );
    this.#pace();
  }

  #instantOf(request: number): number {
    return this.#begin + request * this.#loop.gapMs;
  }

  readonly #pace = (): void => {
    const now = performance.now();
    while (this.#sent < this.#count && this.#instantOf(this.#sent) <= now && !this.#isOver) this.#sendOne();
    if (this.#sent >= this.#count || this.#isOver) return;
    const leftMs = this.#instantOf(this.#sent) - performance.now();
    if (leftMs > turnsBelowMs) setTimeout(this.#pace, leftMs - turnsBelowMs);
    else setImmediate(this.#pace);
  };

  #sendOne(): void {
    const index = this.#free.pop() ?? this.#addConnection();
    const request = this.#sent;
    this.#sent += 1;
    this.#current[index] = request;
    this.#connections[index]?.send(this.#probeOf(request).bytes);
  }

  #probeOf(request: number) {
    const { probes } = this.#loop;
    const probe = probes[request % probes.length];
    if (!probe) throw new Error("There is no probe");
    return probe;
  }

  #addConnection(): number {
    const index = this.#connections.length;
    if (index === mostConnections) this.#end({ error: `${index} requests wait for an answer` });
    const onBreak = (error: Error) => this.#end({ error: error.message });
    this.#connections.push(new Connection(this.#loop.port, (answer) => this.#take(answer, index), onBreak));
    return index;
  }

  #take({ status, body }: HttpResponse, index: number): void {
    const request = this.#current[index] ?? 0;
    this.#latencies.push(performance.now() - this.#instantOf(request));
    if (status !== 200 || !body.includes(this.#probeOf(request).expected)) {
      this.#end({ error: `A request beside the load was answered with ${status}: ${body.toString().slice(0, 200)}` });
      return;
    }
    this.#free.push(index);
    if (this.#latencies.length === this.#count) this.#end({ latencies: this.#latencies });
  }

  #end(report: OpenLoopReport): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timeout);
    for (const connection of this.#connections) connection.close();
    this.#finish(report);
  }
}

process.on("message", (loop: OpenLoop) => {
  new Run(loop, (report) => process.send?.(report));
});
process.on("disconnect", () => process.exit(0));
