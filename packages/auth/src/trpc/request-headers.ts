import type { IncomingHttpHeaders } from "node:http";

/**
 * The headers of a request, to be read: those of the Fetch standard, or Node's own without the work of making the former. A procedure
 * that needs the former makes them: `new Headers([...ctx.request])`.
 */
export interface RequestHeaders extends Iterable<[name: string, value: string]> {
  /** Null where there is none. Of several with one name: all of them, joined. */
  get(name: string): string | null;
  has(name: string): boolean;
}

/** Reads what Node's parser has read. */
export function headersOfIncoming(headers: IncomingHttpHeaders): RequestHeaders {
  return new IncomingHeaders(headers);
}

/** A class, so that a request costs one object and not one for each function. */
class IncomingHeaders implements RequestHeaders {
  readonly #headers: IncomingHttpHeaders;

  constructor(headers: IncomingHttpHeaders) {
    this.#headers = headers;
  }

  get(name: string): string | null {
    return textOf(this.#headers[name] ?? this.#headers[name.toLowerCase()]) ?? null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  *[Symbol.iterator](): Generator<[string, string], void> {
    for (const [name, value] of Object.entries(this.#headers)) yield [name, textOf(value) ?? ""];
  }
}

/** Node keeps `set-cookie` alone as a list. What the object inherits, such as `constructor`, is no header. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join(", ") : undefined;
}
