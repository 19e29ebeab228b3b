import type { RevokedReason } from "./model.ts";
import { terminalReasons } from "./terminal-reasons.ts";

/**
 * Every reason for a rejection: one closed union, one table, one class. Nothing else in the project maps a
 * reason to a status or to a sentence.
 */
const failures = {
  validation_failed: [400, "BAD_REQUEST", "Some of the input is not valid"],
  challenge_invalid: [400, "BAD_REQUEST", "This took too long, or was begun on another device. Start again"],
  mail_link_invalid: [400, "BAD_REQUEST", "This link is not valid or has expired. Ask for a new one"],
  stream_sets_no_cookies: [400, "BAD_REQUEST", "Send auth calls over httpLink: a streamed response cannot set cookies"],
  invalid_credentials: [401, "UNAUTHORIZED", "That username or password is not right"],
  access_token_missing: [401, "UNAUTHORIZED", "This needs a login"],
  access_token_invalid: [401, "UNAUTHORIZED", "The access token is not valid"],
  access_token_expired: [401, "UNAUTHORIZED", "The access token has expired"],
  refresh_token_missing: [401, "UNAUTHORIZED", "There is no refresh token"],
  refresh_token_invalid: [401, "UNAUTHORIZED", "The refresh token is not valid"],
  refresh_token_reused: [
    401,
    "UNAUTHORIZED",
    "You were logged out on this device because its refresh token was used twice. If that was not you, change your password",
  ],
  session_expired: [401, "UNAUTHORIZED", "Your session has expired. Log in again"],
  session_revoked: [401, "UNAUTHORIZED", "You were logged out on this device"],
  account_disabled: [403, "FORBIDDEN", "This account has been disabled"],
  cross_site_request: [403, "FORBIDDEN", "Requests from another site are rejected"],
  registration_by_mail: [403, "FORBIDDEN", "Registration begins with your email address. Ask for a link"],
  forbidden: [403, "FORBIDDEN", "You may not do this"],
  // 403 and not 401: nothing is wrong with the login itself, and generic clients drop their login at a 401. What OAuth asks
  // for in the same place is the step-up challenge of RFC 9470.
  reauthentication_required: [403, "FORBIDDEN", "Enter your password again to do this"],
  not_found: [404, "NOT_FOUND", "There is nothing here"],
  method_not_allowed: [405, "METHOD_NOT_SUPPORTED", "This method is not allowed here"],
  username_taken: [409, "CONFLICT", "That username is taken"],
  already_has_password: [409, "CONFLICT", "This user has chosen a password already"],
  last_admin: [409, "CONFLICT", "This is the last administrator. Make another one first"],
  email_taken: [409, "CONFLICT", "There is already an account with that email address"],
  payload_too_large: [413, "PAYLOAD_TOO_LARGE", "That is too large"],
  quota_exceeded: [413, "PAYLOAD_TOO_LARGE", "No space is left for that. Delete a file first"],
  unsupported_media_type: [415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json"],
  password_unacceptable: [422, "UNPROCESSABLE_CONTENT", "Choose another password"],
  rate_limited: [429, "TOO_MANY_REQUESTS", "Too many tries. Wait a little, then try again"],
  internal_error: [500, "INTERNAL_SERVER_ERROR", "Something went wrong on our side. Try again in a moment"],
  temporarily_unavailable: [
    503,
    "SERVICE_UNAVAILABLE",
    "The server cannot do this now. Nothing was changed. Try again",
  ],
} as const satisfies Record<string, readonly [status: number, code: string, message: string]>;

/** Why a call was rejected: the `data.reason` of an error on the wire. */
export type AuthErrorReason = keyof typeof failures;

/** The tRPC error code that belongs to a reason. */
export type AuthErrorCode = (typeof failures)[AuthErrorReason][1];

export { terminalReasons };

const terminal: readonly AuthErrorReason[] = terminalReasons;

/** What went wrong with each field of an input; "" holds what concerns the input as a whole. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

export interface AuthErrorOptions {
  /** Replaces the public sentence of the table. Never put a token, a password, a hash or an email in it. */
  message?: string;
  fields?: FieldErrors;
  /** With `session_revoked`: by what, so that the client can show it to the user. */
  endedBecause?: RevokedReason | undefined;
  /** With `reauthentication_required`: the kinds of credential of which each would bring the call further. */
  methods?: readonly string[];
  /** Sent as `Retry-After`, in seconds (RFC 9110 section 10.2.3). */
  retryAfterSeconds?: number;
  cause?: unknown;
}

const brand = Symbol.for("watchword.AuthError");

/**
 * The only error class that Watchword throws on purpose. Its message may be shown to any user.
 *
 * Recognised by a brand and not by its class: a bundler may load this file several times in one process (Next does, for the
 * proxy, for pages and for routes), and each copy must recognise the errors of the others.
 */
export class AuthError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && brand in value;
  }

  override readonly name = "AuthError";
  readonly [brand] = true;
  readonly reason: AuthErrorReason;
  readonly status: number;
  readonly code: AuthErrorCode;
  readonly fields: FieldErrors | undefined;
  readonly endedBecause: RevokedReason | undefined;
  readonly methods: readonly string[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: AuthErrorReason, options: AuthErrorOptions = {}) {
    const [status, code, message] = failures[reason];
    super(options.message ?? message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.status = status;
    this.code = code;
    this.fields = options.fields;
    this.endedBecause = options.endedBecause;
    this.methods = options.methods;
    this.retryAfterSeconds = options.retryAfterSeconds ?? (status === 503 ? 1 : undefined);
  }

  /** True when the session is over for good (see `terminalReasons`). */
  get terminal(): boolean {
    return terminal.includes(this.reason);
  }
}

/** The public sentence of a reason. */
export function publicMessage(reason: AuthErrorReason): string {
  return failures[reason][2];
}

/** All reasons, in the order of their statuses. */
export const authErrorReasons = Object.keys(failures) as readonly AuthErrorReason[];
