import { Connection, type HttpResponse } from "./connection.ts";

export interface ClosedLoop {
  port: number;
  connections: number;
  seconds: number;
  /** How many requests at most; without it the time decides alone. */
  most?: number;
  /** The next request of a connection. */
  next(connection: number): Uint8Array;
  /** Throws when an answer is not the right one; the whole run ends then. */
  onAnswer(answer: HttpResponse, connection: number): void;
}

export interface ClosedLoopResult {
  requests: number;
  /** From the first request to the last answer. */
  seconds: number;
  /** Milliseconds, one for each request. */
  latencies: number[];
}

/** Each connection sends its next request when the one before is answered: how many fit into the time. */
export function runClosedLoop(loop: ClosedLoop): Promise<ClosedLoopResult> {
  return new Promise((resolve, reject) => {
    const latencies: number[] = [];
    const sentAt = new Float64Array(loop.connections);
    const begin = performance.now();
    const end = begin + loop.seconds * 1000;
    let left = loop.most ?? Number.POSITIVE_INFINITY;
    let running = loop.connections;
    const connections = Array.from({ length: loop.connections }, (_, index) => {
      return new Connection(loop.port, (answer) => take(answer, index), fail);
    });

    function fail(error: unknown): void {
      for (const connection of connections) connection.close();
      reject(error);
    }

    function take(answer: HttpResponse, index: number): void {
      latencies.push(performance.now() - (sentAt[index] ?? 0));
      try {
        loop.onAnswer(answer, index);
        sendNext(index);
      } catch (error) {
        fail(error);
      }
    }

    function sendNext(index: number): void {
      const now = performance.now();
      if (now < end && left > 0) {
        left -= 1;
        sentAt[index] = now;
        connections[index]?.send(loop.next(index));
        return;
      }
      running -= 1;
      if (running > 0) return;
      for (const connection of connections) connection.close();
      resolve({ requests: latencies.length, seconds: (now - begin) / 1000, latencies });
    }

    for (let index = 0; index < loop.connections; index += 1) sendNext(index);
  });
}
