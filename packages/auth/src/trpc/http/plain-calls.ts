import { AuthError } from "../../core/domain/errors.ts";
import { cookieListSink } from "../token-cookies.ts";
import { answerCalls, type CallsAnswer } from "./direct/answer-calls.ts";
import type { PlainCalls } from "./direct/direct-path.ts";
import { readPlainCall } from "./direct/plain-call.ts";
import { errorHeaders } from "./error-headers.ts";
import type { FetchHandlerOptions, RequestSource } from "./handler-options.ts";
import { personalHeaders, rejectionAnswer } from "./rejection-response.ts";
import { largestJsonBytes, readJson } from "./request-body.ts";
import type { RequestScope } from "./request-context.ts";
import { isCrossSite } from "./same-origin.ts";
import { authCalls } from "./unsafe-shape.ts";

/** What tRPC's adapters set and ours add to it, in one list that is made once. */
const everyAnswer = Object.entries({
  ...personalHeaders,
  "content-type": "application/json",
  vary: `trpc-accept, accept, ${personalHeaders.vary}`,
}).flat();

/** Plain calls under the rules of the HTTP handler. What a rule rejects is read as no plain call, and rejected where all else is. */
export function createPlainCalls(
  { router, endpoint, appUrl, auth }: FetchHandlerOptions,
  { contextOf, onError, maxBatchSize }: RequestScope & { maxBatchSize: number },
): PlainCalls<RequestSource> {
  function headersOf({ errors }: CallsAnswer, calls: number): readonly string[] {
    if (errors.length === 0) return everyAnswer;
    return [...everyAnswer, ...errorHeaders(errors, calls, auth.settings.stepUpMaxAgeSeconds)];
  }

  return {
    maxBodyBytes: largestJsonBytes,

    read(head) {
      const call = readPlainCall(head, { router, endpoint, maxBatchSize });
      return call && !isCrossSite(head.headers, appUrl) && authCalls(call.calls.map(({ path }) => path)) <= 1
        ? call
        : undefined;
    },

    answer(call, { headers, body, source, signal }, finish) {
      const text = textOf(body);
      if (text instanceof AuthError)
        return Promise.resolve(text).then((error) => finish(rejectionAnswer(router, error)));
      const cookies: string[] = [];
      const createContext = () => contextOf({ headers, cookies: cookieListSink(cookies), source });
      return answerCalls({ router, call, body: text, createContext, signal, onError }, (answered) =>
        finish({
          status: answered.status,
          headers: headersOf(answered, call.calls.length),
          cookies,
          body: answered.body,
        }),
      );
    },
  };
}

function textOf(body: Uint8Array | undefined): string | AuthError | undefined {
  try {
    return body && readJson(body);
  } catch (error) {
    if (error instanceof AuthError) return error;
    throw error;
  }
}
