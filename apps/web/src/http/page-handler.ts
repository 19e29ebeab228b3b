import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AuthError } from "@watchword/auth/core";
import { errorIdOf } from "@watchword/auth/trpc";
import { isForwarded } from "../server/forwarding.ts";
import { type PageSource, pageSource } from "../server/page-source.ts";
import { errorResponse, formFor } from "./error-response.ts";
import type { RequestHandler } from "./http-server.ts";
import { pageProblem, prepareHeaders } from "./page-request.ts";
import { controlResponse, type ResponseHead, type ResponseRules } from "./page-response.ts";
import type { Problem, TypedText } from "./problem.ts";
import { apiPolicy, everywhere, pagePolicy, pagePolicyWith } from "./response-headers.mjs";
import { keepTyped } from "./typed-text.ts";
import { createVisitorPages } from "./visitor-pages.ts";

export interface PageHandlerOptions {
  /** Next's own request handler. */
  pages: RequestHandler;
  appUrl: string;
  addressOf: (incoming: IncomingMessage) => string | null;
  onError: (where: string, error: unknown, id: string) => void;
}

/**
 * All that stands between a request and Next, for every path, method and header: rejects what comes from another site or for another
 * host, sets the policy of the page, and answers in our words where Next would answer in its own.
 */
export function createPageHandler({ pages, appUrl, addressOf, onError }: PageHandlerOptions): RequestHandler {
  const visitorPages = createVisitorPages();
  return async (incoming, outgoing) => {
    const forwarded = isForwarded(Object.keys(incoming.headers));
    const problem = pageProblem(incoming, { appUrl, localPort: incoming.socket.localPort });
    if (problem) return send(incoming, outgoing, problem);
    const nonce = randomBytes(16).toString("base64");
    const policy = pagePolicyWith(nonce);
    if (visitorPages.send(incoming, outgoing, nonce)) return;
    visitorPages.keep(incoming, outgoing, nonce);
    prepareHeaders(incoming.headers, { appUrl, policy });
    const pageRequest: PageRequest = {
      source: { clientAddress: addressOf(incoming), guarded: true, forwarded, errors: [] },
      policy,
      typed: keepTyped(incoming),
      unreadable: false,
    };
    controlResponse(outgoing, rulesFor(incoming, pageRequest));
    outgoing.once("close", () => logErrors(pageRequest, onError));
    try {
      await pageSource.run(pageRequest.source, () => pages(incoming, outgoing));
    } catch (error) {
      if (incoming.destroyed && !incoming.complete) throw error; // the client broke its own request off
      pageRequest.source.errors.unshift(error);
      if (outgoing.headersSent) outgoing.destroy();
      else endWith(outgoing, 500);
    }
  };
}

/** As Next would end it; what is sent in its place is decided by the rules of the answer. */
function endWith(outgoing: ServerResponse, status: number): void {
  outgoing.statusCode = status;
  outgoing.end();
}

function send(incoming: IncomingMessage, outgoing: ServerResponse, problem: Problem): void {
  const { status, headers, body } = errorResponse(incoming, problem);
  outgoing.writeHead(status, headers).end(body);
}

/** A request on its way through Next. */
interface PageRequest {
  policy: string;
  source: PageSource & { errors: unknown[] };
  typed: () => Promise<TypedText[]>;
  /** What the client sent could not be read: what broke on it is no error of ours. */
  unreadable: boolean;
}

function rulesFor(incoming: IncomingMessage, pageRequest: PageRequest): ResponseRules {
  const { policy, source, typed } = pageRequest;
  const forApi = isApi(incoming);
  // As it came: Next writes other paths into it.
  const head = { url: incoming.url, headers: { ...incoming.headers }, method: incoming.method };
  return {
    headersFor: ({ status, cacheControl }) => ({
      ...everywhere,
      // What a cache may keep must not hold a nonce.
      "Content-Security-Policy": forApi
        ? apiPolicy
        : /\b(?:public|immutable)\b/.test(cacheControl)
          ? pagePolicy
          : policy,
      ...(status === 200 && source.bodyBytes !== undefined ? { "Content-Length": String(source.bodyBytes) } : {}),
      ...(cacheControl === "" ? { "Cache-Control": "no-store" } : {}),
    }),
    instead(answer) {
      if (isOurs(answer, { forApi, form: formFor(head), isAction: "next-action" in head.headers })) return undefined;
      const problem = problemBehind(answer.status, { ...head, source });
      pageRequest.unreadable = problem.status < 500 && !source.begun;
      return async () => errorResponse(head, problem.status === 409 ? { ...problem, typed: await typed() } : problem);
    },
  };
}

function isApi({ url = "" }: IncomingMessage): boolean {
  return /^\/+api(?:[/?]|$)/i.test(url);
}

/** Whether an answer is one that the app has made: JSON of a route, or a page of its own that says 404. Next writes no JSON. */
function isOurs({ status, contentType }: ResponseHead, { forApi, form, isAction }: Wanted): boolean {
  if (status < 400) return true;
  if (contentType.startsWith("application/json")) return true;
  if (forApi) return false;
  if (status !== 404 || isAction) return false;
  if (contentType.startsWith("text/x-component")) return form === "text"; // what Next's scripts read is for them alone
  return contentType.startsWith("text/html") && form !== "json";
}

interface Wanted {
  forApi: boolean;
  form: ReturnType<typeof formFor>;
  isAction: boolean;
}

interface Asked {
  method: string | undefined;
  headers: IncomingMessage["headers"];
  source: PageRequest["source"];
}

/**
 * Why Next answers with an error. It says 500 for what it cannot read, too: a broken form, arguments that are none. Where nothing of
 * ours had begun, and the request carried what Next has to read, that was it.
 */
function problemBehind(status: number, { method, headers, source }: Asked): Problem {
  if (status < 500 || status === 503) return { status }; // Next has no 503 of its own: a route of ours says it
  const rejection = source.errors.map(rejectionIn).find((found) => found !== undefined);
  if (rejection) {
    const { status: own, reason, retryAfterSeconds } = rejection;
    return { status: own, reason, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
  if (!source.begun && carriesWork(method, headers)) return { status: 400 };
  if (source.errors.length === 0) source.errors.push(new Error(`Next answered ${status}`));
  return { status: 500, errorId: errorIdOf(source.errors[0]) };
}

/** What the rules or the store said no with, however often it was wrapped on its way. */
function rejectionIn(error: unknown): AuthError | undefined {
  if (error instanceof AuthError) return error.reason === "internal_error" ? undefined : error;
  return error instanceof Error ? rejectionIn(error.cause) : undefined;
}

function carriesWork(method: string | undefined, headers: IncomingMessage["headers"]): boolean {
  return method === "POST" || "rsc" in headers || "next-router-state-tree" in headers;
}

/** One line for each error of ours. */
function logErrors({ source, unreadable }: PageRequest, onError: PageHandlerOptions["onError"]): void {
  if (!unreadable) for (const error of source.errors) onError("pages", error, errorIdOf(error));
}
