import { AuthError } from "../core/domain/errors.ts";
import type { Principal } from "../core/domain/model.ts";
import type { Auth } from "../core/index.ts";
import type { RequestHeaders } from "./request-headers.ts";
import type { TokenCookies } from "./token-cookies.ts";

interface CallerSource {
  auth: Auth;
  tokenCookies: TokenCookies;
  request: RequestHeaders;
}

/**
 * Who sends a request: verified once, however many calls it carries. A class, because tRPC copies what a context has of its own
 * several times for each call.
 */
export class Caller {
  readonly #source: CallerSource;
  /** What became of it, so that no call of a batch asks again. */
  #verified: { principal: Principal | Promise<Principal> } | { error: unknown } | undefined;

  constructor(source: CallerSource) {
    this.#source = source;
  }

  /** @throws {AuthError} `access_token_missing`, or what `Auth.verify` throws */
  async authenticate(): Promise<Principal> {
    return this.authenticateAtOnce();
  }

  /**
   * The same, and without a promise where nothing has to be waited for.
   *
   * @throws {AuthError} what `authenticate` rejects with
   */
  authenticateAtOnce(): Principal | Promise<Principal> {
    this.#verified ??= this.#verify();
    if ("error" in this.#verified) throw this.#verified.error;
    return this.#verified.principal;
  }

  #verify(): { principal: Principal | Promise<Principal> } | { error: unknown } {
    const { auth, tokenCookies, request } = this.#source;
    try {
      const token = tokenCookies.accessToken(request);
      if (token === undefined) throw new AuthError("access_token_missing");
      return { principal: (auth.verify.atOnce ?? auth.verify)(token) };
    } catch (error) {
      return { error };
    }
  }
}
