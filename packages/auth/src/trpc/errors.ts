import type { TRPCError } from "@trpc/server";
import type { ZodError } from "zod";
import { AuthError, type AuthErrorReason, type FieldErrors, publicMessage } from "../core/domain/errors.ts";
import type { RevokedReason } from "../core/domain/model.ts";
import { errorIdOf } from "./error-id.ts";

/** What a caller learns of an error, and nothing else: no stack, no path, no text of a library. */
export interface ErrorPayload {
  reason: AuthErrorReason;
  message: string;
  fieldErrors?: FieldErrors;
  /** With `session_revoked`: by what. */
  endedBecause?: RevokedReason;
  /** With `reauthentication_required`: the kinds of credential of which each would bring the call further. */
  methods?: readonly string[];
  retryAfterSeconds?: number;
  /** Of an internal error: its id in the log. */
  faultId?: string;
}

/** The errors that tRPC itself finds, before or instead of a procedure. Whatever is not here is an internal error: 500. */
const reasonOfCode: Partial<Record<TRPCError["code"], AuthErrorReason>> = {
  PARSE_ERROR: "validation_failed",
  BAD_REQUEST: "validation_failed",
  NOT_FOUND: "not_found",
  METHOD_NOT_SUPPORTED: "method_not_allowed",
  UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
  PAYLOAD_TOO_LARGE: "payload_too_large",
};

/** Reads what may be said out of an error of tRPC's. */
export function toErrorPayload(error: TRPCError): ErrorPayload {
  const { cause } = error;
  if (cause instanceof AuthError) {
    return {
      reason: cause.reason,
      message: cause.message,
      ...(cause.fields ? { fieldErrors: cause.fields } : {}),
      ...(cause.endedBecause ? { endedBecause: cause.endedBecause } : {}),
      ...(cause.methods ? { methods: cause.methods } : {}),
      ...(cause.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: cause.retryAfterSeconds }),
      ...faultId(cause.reason, error),
    };
  }
  const reason = reasonOfCode[error.code] ?? "internal_error";
  const fieldErrors = isZodError(cause) ? fieldErrorsOf(cause) : undefined;
  return { reason, message: publicMessage(reason), ...(fieldErrors ? { fieldErrors } : {}), ...faultId(reason, error) };
}

function faultId(reason: AuthErrorReason, error: TRPCError): Pick<ErrorPayload, "faultId"> {
  return reason === "internal_error" ? { faultId: errorIdOf(error) } : {};
}

/** By its name: pages of Next that call the router need no library that reads input, and an adopter may have a copy of zod of their own. */
function isZodError(cause: unknown): cause is ZodError {
  return cause instanceof Error && cause.name === "ZodError" && "issues" in cause && Array.isArray(cause.issues);
}

/** One list of sentences for each field, as zod says them; what has no field stands under "". */
function fieldErrorsOf(error: ZodError): FieldErrors {
  const fields: Record<string, string[]> = Object.create(null);
  for (const issue of error.issues) {
    const field = issue.path.map(String).join(".");
    const sentences = fields[field] ?? [];
    sentences.push(issue.message);
    fields[field] = sentences;
  }
  return { ...fields };
}
