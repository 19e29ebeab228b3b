import type { AuthErrorReason } from "../core/domain/errors.ts";
import type { RevokedReason } from "../core/domain/model.ts";
import type { Timing } from "./timing.ts";

/** A client's hold on its session: what the refresh link asks for a new pair of tokens. */
export interface ClientSession {
  /** Where the link sends `auth.*` calls, and by what: it does so itself, whatever link follows it. */
  readonly url: string;
  readonly fetch?: typeof fetch | undefined;
  readonly timing: Timing;
  /** What lets a call in, for the `headers` option of an HTTP link: bearer and step-up tokens; nothing where cookies do it. */
  headers(): Promise<Record<string, string>>;
  /**
   * A name for the pair of tokens that is in use now; another pair has another name, "" is none. A call that was refused
   * under an older pair need only be run again.
   */
  current(): Promise<string>;
  /** Whether there is anything to refresh. */
  exists(): Promise<boolean>;
  /** Whether the access token in use is about to run out, as far as this program knows. */
  isDue(): Promise<boolean>;
  /** False when the tokens in use are known to be somebody else's than that pair: what one began never runs as another. */
  isSameUser(pair: string): Promise<boolean>;
  /**
   * Gets a new pair of tokens. Any number of calls at once make one request, and so do tabs and processes, where they
   * can agree. Passing failures are tried again a few times.
   *
   * @param options.pair the pair to be replaced, where that is known: nothing is done when another is in use by now
   * @param options.ahead of need: tries once only, because the call can still go
   * @throws {TRPCClientError} terminal (see `isTerminal`) when the session is over, else a passing failure
   */
  refresh(options?: { pair?: string; ahead?: boolean }): Promise<void>;
  /**
   * The server has refused a call, made under this pair, because the session is over: forgets it and tells so, once.
   *
   * @returns true when somebody has logged in again meanwhile
   */
  end(reason: AuthErrorReason, pair: string, because?: RevokedReason): Promise<boolean>;
  /**
   * A login, or a refresh, was answered. An app that learns elsewhere how long its token has left may say so, too.
   *
   * @throws {TRPCClientError} see `isCookiesBlocked`
   */
  begin(answer: Begun): void;
  /** A call to `auth` was answered: where no cookie brings it, a step-up token is kept for the calls that need one. */
  hear?(answer: Heard): void;
  /**
   * A logout or login is being sent: a refresh under way is given up, and none begins until it is settled.
   *
   * @param refreshToken the one that is logged out, where the call carries it
   * @returns to be called, once it is settled, with what it was in the end
   */
  leave(refreshToken?: string): (outcome: Outcome) => Promise<void>;
}

/** What became of a logout or login that was sent. */
export type Outcome = "logged_out" | "logged_in" | "failed";

export interface Heard {
  stepUpToken?: string | undefined;
}

export interface Begun {
  /** Seconds that the access token has left. */
  expiresIn: number;
  accessToken?: string | undefined;
}

export interface ClientSessionOptions extends Partial<Timing> {
  /** The router's address, such as `/api/trpc` or `https://example.com/api/trpc`. */
  url: string;
  fetch?: typeof fetch | undefined;
  /**
   * Told once for each login when the server says that it is over, or that there is none. A promise of true says that
   * the same user has logged in again: what was refused runs again, once.
   */
  onEnded?: ((reason: EndReason) => void) | ((reason: EndReason) => Promise<boolean>);
}

/** Why a login is over: by what the session was ended, where the server says it, else the reason of the refusal. */
export type EndReason = AuthErrorReason | RevokedReason;
