import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ErrorResponse } from "./error-response.ts";

/** What is known of an answer at the moment at which its head would be sent. */
export interface ResponseHead {
  status: number;
  contentType: string;
  cacheControl: string;
}

export interface ResponseRules {
  /** Set on the answer, whatever Next has set. */
  headersFor: (head: ResponseHead) => Readonly<Record<string, string>>;
  /** What is sent in the place of an answer that is none of ours. Undefined where it may go out as it is. */
  instead: (head: ResponseHead) => (() => Promise<ErrorResponse> | ErrorResponse) | undefined;
}

/**
 * Has the last word on an answer that Next writes: at the moment at which its head would be sent, our headers are set, or another
 * answer is sent in its place and what Next writes is dropped.
 */
export function controlResponse(outgoing: ServerResponse, { headersFor, instead }: ResponseRules): void {
  const own = {
    writeHead: outgoing.writeHead.bind(outgoing),
    write: outgoing.write.bind(outgoing),
    end: outgoing.end.bind(outgoing),
  };
  let decided = false;
  let other: (() => Promise<ErrorResponse> | ErrorResponse) | undefined;

  /** Returns true when another answer is to be sent. */
  function decide(): boolean {
    if (decided) return other !== undefined;
    decided = true;
    const head = headOf(outgoing);
    other = instead(head);
    if (other === undefined)
      for (const [name, value] of Object.entries(headersFor(head))) outgoing.setHeader(name, value);
    return other !== undefined;
  }

  async function sendOther(make: () => Promise<ErrorResponse> | ErrorResponse): Promise<void> {
    const answer = await make();
    if (outgoing.destroyed || outgoing.headersSent) return;
    for (const name of outgoing.getHeaderNames()) if (ofBody.test(name)) outgoing.removeHeader(name);
    for (const [name, value] of Object.entries(answer.headers)) outgoing.setHeader(name, value);
    own.writeHead(answer.status);
    own.end(answer.body);
  }

  outgoing.writeHead = ((status: number, ...rest: unknown[]) => {
    outgoing.statusCode = status;
    for (const part of rest) if (typeof part === "object" && part !== null) takeHeaders(outgoing, part);
    return decide() ? outgoing : own.writeHead(status);
  }) as ServerResponse["writeHead"];

  outgoing.write = ((...given: Parameters<ServerResponse["write"]>) => {
    if (!decide()) return own.write(...given);
    callback(given)?.(null);
    return true;
  }) as ServerResponse["write"];

  outgoing.end = ((...given: Parameters<ServerResponse["end"]>) => {
    if (!decide() || other === undefined) return own.end(...given);
    outgoing.end = (() => outgoing) as ServerResponse["end"];
    void sendOther(other).catch(() => outgoing.destroy());
    callback(given)?.(null);
    return outgoing;
  }) as ServerResponse["end"];
}

/** What described the body that is not sent. Cookies stay: an action may have set them before the page broke. */
const ofBody =
  /^(?:content-(?!security)|etag$|last-modified$|accept-ranges$|cache-control$|vary$|refresh$|location$|link$|x-nextjs-(?!action))/;

function headOf(outgoing: ServerResponse): ResponseHead {
  const text = (name: string) => String(outgoing.getHeader(name) ?? "");
  return { status: outgoing.statusCode, contentType: text("content-type"), cacheControl: text("cache-control") };
}

function takeHeaders(outgoing: ServerResponse, headers: object): void {
  if (Array.isArray(headers)) {
    for (let at = 0; at + 1 < headers.length; at += 2) outgoing.setHeader(String(headers[at]), headers[at + 1]);
    return;
  }
  for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders))
    if (value !== undefined) outgoing.setHeader(name, value);
}

function callback(given: readonly unknown[]): ((error: null) => void) | undefined {
  const last = given.at(-1);
  return typeof last === "function" ? (last as (error: null) => void) : undefined;
}
