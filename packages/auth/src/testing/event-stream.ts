/** One event of a stream, as an `EventSource` would see it. */
export interface StreamedEvent {
  /** `message` unless the server named it. */
  event: string;
  id: string | undefined;
  /** Read as JSON; undefined when there was none. */
  data: unknown;
}

/** A response of type `text/event-stream` that is read as it comes. */
export interface EventStream {
  response: Response;
  /** Everything so far, without pings. */
  events: StreamedEvent[];
  /** The data of the messages so far. */
  messages(): unknown[];
  /** The id of the last message: where a client would resume. */
  lastEventId(): string | undefined;
  /** `data.reason` of the error that ended it. */
  reason(): string | undefined;
  /** Resolves when the server has ended it. */
  ended: Promise<void>;
  /** Disconnects, as a tab that is closed does. */
  leave(): Promise<void>;
}

export function readEventStream(response: Response): EventStream {
  const events: StreamedEvent[] = [];
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const messages = () => events.filter(({ event }) => event === "message");
  return {
    response,
    events,
    messages: () => messages().map(({ data }) => data),
    lastEventId: () => messages().at(-1)?.id,
    reason() {
      const error = events.find(({ event }) => event === "serialized-error");
      return (error?.data as { data?: { reason?: string } } | undefined)?.data?.reason;
    },
    ended: readAll(reader, events),
    leave: async () => reader?.cancel(),
  };
}

async function readAll(reader: ReadableStreamDefaultReader<string> | undefined, events: StreamedEvent[]) {
  let text = "";
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) return;
    const blocks = (text + chunk.value).split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parse(block);
      if (event && event.event !== "ping") events.push(event);
    }
  }
}

function parse(block: string): StreamedEvent | undefined {
  const fields = new Map(block.split("\n").map((line) => [line.split(":", 1)[0], line.slice(line.indexOf(":") + 2)]));
  const data = fields.get("data");
  if (data === undefined) return undefined;
  return { event: fields.get("event") ?? "message", id: fields.get("id"), data: data && JSON.parse(data) };
}
