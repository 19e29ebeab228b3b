import type { EventSourceLike } from "@trpc/server/unstable-core-do-not-import";

interface EventSourceOptions extends EventSourceLike.InitDict {
  headers?: Record<string, string>;
}

/** An `EventSource` over a `fetch`, and a hand to cut its connections with. */
export interface TestEventSources {
  EventSource: EventSourceLike.AnyConstructorLike<EventSourceOptions>;
  /** Breaks every open connection, without a word of why. */
  cut(): void;
  /** How many connections were ever made. */
  made: number;
}

/** Unlike a browser's it never connects again by itself: its connections die as they do when an answer is no stream. */
export function createTestEventSources(send: typeof fetch): TestEventSources {
  const open = new Set<{ die(): void }>();

  class TestEventSource extends EventTarget implements EventSourceLike.Instance {
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSED = 2;
    readyState: number = this.CONNECTING;
    readonly #request = new AbortController();
    #lastEventId = "";

    constructor(url: string, { headers = {} }: EventSourceOptions = {}) {
      super();
      sources.made += 1;
      open.add(this);
      this.#read(url, headers).then(
        () => this.die(),
        () => this.die(),
      );
    }

    close(): void {
      open.delete(this);
      this.readyState = this.CLOSED;
      this.#request.abort();
    }

    die(): void {
      if (this.readyState === this.CLOSED) return;
      this.close();
      this.dispatchEvent(new Event("error"));
    }

    async #read(url: string, headers: Record<string, string>): Promise<void> {
      const { ok, body } = await send(url, { headers, signal: this.#request.signal });
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
      const fields = new Map(
        block.split("\n").map((line) => [line.split(": ")[0], line.slice(line.indexOf(": ") + 2)]),
      );
      this.#lastEventId = fields.get("id") ?? this.#lastEventId;
      const data = fields.get("data");
      if (data === undefined || this.readyState === this.CLOSED) return;
      const event = new Event(fields.get("event") ?? "message");
      this.dispatchEvent(Object.assign(event, { data, lastEventId: this.#lastEventId }));
    }
  }

  const sources: TestEventSources = {
    EventSource: TestEventSource,
    made: 0,
    cut() {
      for (const source of [...open]) source.die();
    },
  };
  return sources;
}
