import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { AuthError } from "../../core/domain/errors.ts";
import { headersSink } from "../token-cookies.ts";
import type { PlainCalls } from "./direct/direct-path.ts";
import { errorHeaders } from "./error-headers.ts";
import type { FetchHandlerOptions, RequestSource } from "./handler-options.ts";
import { createPlainCalls } from "./plain-calls.ts";
import { personalHeaders, rejectionResponse, responseOf } from "./rejection-response.ts";
import { readBody, readJsonBytes } from "./request-body.ts";
import { createErrorReport, createRequestContexts, type RequestScope } from "./request-context.ts";
import { rejectCrossSite } from "./same-origin.ts";
import { rejectUnsafeShape } from "./unsafe-shape.ts";

/** Handles one request. What a host knows beside the `Request` it gives in `source`. */
export interface FetchHandler {
  (request: Request, source?: RequestSource): Promise<Response>;
  /**
   * The same for plain calls, without a `Request` and a `Response`: what `createNodeHandler` answers most requests with. A function
   * that wraps the handler has no such member, so that it sees every request.
   */
  readonly plain?: PlainCalls<RequestSource>;
}

/** The most calls in one request. */
const largestBatch = 20;

/**
 * The HTTP handler: rejects what must never reach a procedure, answers plain calls, and gives the rest to tRPC. Fits wherever a
 * `Request` comes in and a `Response` goes out.
 */
export function createFetchHandler(options: FetchHandlerOptions): FetchHandler {
  const { router, endpoint, appUrl } = options;
  const shared = { contextOf: createRequestContexts(options), onError: createErrorReport(options) };
  const plain = createPlainCalls(options, { ...shared, maxBatchSize: largestBatch });
  const answerByTrpc = createTrpcHandler(options, shared);

  async function handle(request: Request, source?: RequestSource): Promise<Response> {
    const { method, headers, url } = request;
    const target = url.slice(url.indexOf("/", url.indexOf("//") + 2));
    try {
      const call = plain.read({ method, target, headers });
      if (call) {
        const body = call.type === "mutation" ? await readJsonBytes(request) : undefined;
        return await plain.answer(call, { headers, body, source, signal: request.signal }, responseOf);
      }
      rejectCrossSite(headers, appUrl);
      rejectUnsafeShape(request, target.split(/[?#]/, 1)[0] ?? "", endpoint);
      return await answerByTrpc(await readBody(request), request.headers, source);
    } catch (error) {
      if (error instanceof AuthError) return rejectionResponse(router, error);
      throw error;
    }
  }
  return Object.assign(handle, { plain });
}

/** What is no plain call is answered by tRPC's own adapter: streams, uploads, and whatever is wrong with a request. */
function createTrpcHandler({ router, endpoint, auth }: FetchHandlerOptions, { contextOf, onError }: RequestScope) {
  return async (request: Request, headers: Headers, source: RequestSource | undefined): Promise<Response> => {
    let failed: string[] = [];
    const cookies = new Headers();
    const response = await fetchRequestHandler({
      endpoint,
      router,
      req: request,
      maxBatchSize: largestBatch,
      createContext: () => contextOf({ headers, cookies: headersSink(cookies), source }),
      responseMeta: ({ errors, paths }) => {
        failed = errorHeaders(errors, paths?.length ?? 0, auth.settings.stepUpMaxAgeSeconds);
        return {};
      },
      onError,
    });
    // Set here and not by `responseMeta`, which tRPC asks twice where an output cannot be written, and adds up what it said.
    for (const [name, value] of [...Object.entries(personalHeaders), ...namesAndValues(failed), ...cookies]) {
      response.headers.append(name, value);
    }
    return response;
  };
}

function* namesAndValues(flat: readonly string[]): Iterable<[string, string]> {
  for (let at = 0; at < flat.length; at += 2) yield [flat[at] ?? "", flat[at + 1] ?? ""];
}
