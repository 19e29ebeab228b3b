import type { EventSourceLike } from "@trpc/server/unstable-core-do-not-import";

interface EventSourceOptions extends EventSourceLike.InitDict {
  headers?: Record<string, string>;
}

/** An `EventSource` over a `fetch`, whose connections a test can cut. */
export interface TestEventSources {
  EventSource: EventSourceLike.AnyConstructorLike<EventSourceOptions>;
  /** Breaks every open connection, without a reason. */
  cut(): void;
  /** How many connections were ever made. */
  made: number;
}

interface Connections {
  open: Set<FetchEventSource>;
  send: typeof fetch;
}

/** Unlike a browser's it never connects again by itself: its connections die as they do when an answer is no stream. */
class FetchEventSource extends EventTarget implements EventSourceLike.Instance {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 2;
  readyState: number = this.CONNECTING;
  readonly #request = new AbortController();
  #lastEventId = "";

  readonly #connections: Connections;

  constructor(url: string, { headers = {} }: EventSourceOptions, connections: Connections) {
    super();
    this.#connections = connections;
    connections.open.add(this);
    this.#read(url, headers).then(
      () => this.die(),
      () => this.die(),
    );
  }

  close(): void {
    this.#connections.open.delete(this);
    this.readyState = this.CLOSED;
    this.#request.abort();
  }

  die(): void {
    if (this.readyState === this.CLOSED) return;
    this.close();
    this.dispatchEvent(new Event("error"));
  }

  async #read(url: string, headers: Record<string, string>): Promise<void> {
    const { ok, body } = await this.#connections.send(url, { headers, signal: this.#request.signal });
    if (!ok || !body) return;
    this.readyState = this.OPEN;
    let rest = "";
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) this.#dispatch(block);
    }
  }

  #dispatch(block: string): void {
    const fields = new Map(block.split("\n").map((line) => [line.split(": ")[0], line.slice(line.indexOf(": ") + 2)]));
    this.#lastEventId = fields.get("id") ?? this.#lastEventId;
    const data = fields.get("data");
    if (data === undefined || this.readyState === this.CLOSED) return;
    const event = new Event(fields.get("event") ?? "message");
    this.dispatchEvent(Object.assign(event, { data, lastEventId: this.#lastEventId }));
  }
}

export function createTestEventSources(send: typeof fetch): TestEventSources {
  const connections: Connections = { open: new Set(), send };
  const sources: TestEventSources = {
    EventSource: class extends FetchEventSource {
      constructor(url: string, options: EventSourceOptions = {}) {
        super(url, options, connections);
        sources.made += 1;
      }
    },
    made: 0,
    cut() {
      for (const source of [...connections.open]) source.die();
    },
  };
  return sources;
}
