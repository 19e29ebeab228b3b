import type { AnyRouter, TRPCError } from "@trpc/server";
import type { Delay } from "../../core/domain/clock.ts";
import type { Auth } from "../../core/index.ts";
import type { ProxyTrust } from "../client-address/client-address.ts";
import type { TokenCookies } from "../token-cookies.ts";

export interface FetchHandlerOptions extends ProxyTrust {
  /** The whole router of the app, with `auth` in it under that name. */
  router: AnyRouter;
  auth: Auth;
  tokenCookies: TokenCookies;
  /** Where the router stands, such as `/api/trpc`. */
  endpoint: string;
  appUrl: string;
  /** How streams wait between two checks of their session. By the machine's timers unless given. */
  delay?: Delay;
  /** Aborted when the server is about to end: streams ask their clients to connect again, to the next one. */
  closing?: AbortSignal;
  /** Called for every internal error (500) and every failure of the store (503), with the id that stands in the response. */
  onError?: (report: { path: string | undefined; error: TRPCError; id: string }) => void;
}

/** What a host knows of a request beside what stands in it. */
export interface RequestSource {
  /** See `AuthContextOptions.clientAddress`. */
  clientAddress: string | null;
}
