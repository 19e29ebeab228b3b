import { randomBytes } from "node:crypto";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { AuthError } from "@watchword/auth/core";
import { asTheme } from "../format/theme.ts";
import { errorPage } from "./error-page.ts";
import { type Problem, sentenceFor, wordsFor } from "./problem.ts";
import type { RequestHead } from "./request-limits.ts";
import { apiPolicy, everywhere, pagePolicyWith } from "./response-headers.mjs";

export interface ErrorResponse {
  status: number;
  /** All that the answer says beside the headers of its connection. */
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * A problem in the form that the sender can use: a page for a browser that shows one, the JSON of the router's own errors
 * for a program that asked for JSON or called the API, a line of text for all others. Never kept by a cache.
 */
export function errorResponse(head: Pick<RequestHead, "url" | "headers">, problem: Problem): ErrorResponse {
  const { type, policy, text } = writers[formFor(head)](head, problem);
  const { status, headers = {}, retryAfterSeconds } = problem;
  const body = Buffer.from(text);
  return {
    status,
    headers: {
      ...everywhere,
      "Content-Security-Policy": policy,
      "Content-Type": type,
      "Content-Length": String(body.length),
      "Cache-Control": "no-store",
      ...(retryAfterSeconds === undefined ? {} : { "Retry-After": String(Math.ceil(retryAfterSeconds)) }),
      ...headers,
    },
    body,
  };
}

type Form = "page" | "json" | "text";

/** What Next's own scripts ask for is no visible page: they show what went wrong in place. */
const forScripts = ["next-action", "rsc"];

const json = /\b(?:application|text)\/(?:[\w.+-]+\+)?json\b/i;

export function formFor({ url = "", headers }: Pick<RequestHead, "url" | "headers">): Form {
  const accept = String(headers.accept ?? "");
  if (forScripts.some((name) => headers[name] !== undefined)) return "text";
  if (/\btext\/html\b|\bapplication\/xhtml\+xml\b/i.test(accept)) return "page";
  if (/^\/+api(?:[/?]|$)/i.test(url) || json.test(accept)) return "json";
  return headers["sec-fetch-mode"] === "navigate" ? "page" : "text";
}

interface Written {
  type: string;
  policy: string;
  text: string;
}

type Writer = (head: Pick<RequestHead, "url" | "headers">, problem: Problem) => Written;

const writers: Record<Form, Writer> = {
  page({ url, headers }, problem) {
    const nonce = randomBytes(16).toString("base64");
    const theme = asTheme(/(?:^|;\s*)theme(?:-\d+)?=(light|dark)(?:;|$)/.exec(String(headers.cookie ?? ""))?.[1]);
    const text = errorPage(problem, { nonce, theme, url });
    return { type: "text/html; charset=utf-8", policy: pagePolicyWith(nonce), text };
  },
  json(_, problem) {
    const { status, errorId, retryAfterSeconds } = problem;
    const reason = problem.reason ?? wordsFor(problem).reason;
    const { code, message } = new AuthError(reason);
    const data = {
      code,
      httpStatus: status,
      reason,
      ...(errorId === undefined ? {} : { faultId: errorId }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
    const error = { message: problem.sentence ?? message, code: TRPC_ERROR_CODES_BY_KEY[code], data };
    return { type: "application/json", policy: apiPolicy, text: JSON.stringify({ error }) };
  },
  text(_, problem) {
    return { type: "text/plain; charset=utf-8", policy: apiPolicy, text: `${sentenceFor(problem)}\n` };
  },
};
