import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { describe, expect, it } from "vitest";
import { terminalReasons as clientTerminalReasons } from "../../client/errors.ts";
import { AuthError, authErrorReasons, publicMessage, terminalReasons } from "./errors.ts";

describe.each(authErrorReasons)("%s", (reason) => {
  const error = new AuthError(reason);

  it("has the status that its tRPC code has", () => {
    expect(error.status).toBe(getHTTPStatusCodeFromError(new TRPCError({ code: error.code })));
  });

  it("has a sentence that begins with a capital letter and has no final full stop", () => {
    expect(publicMessage(reason)).toMatch(/^[A-Z][^\n]{10,}[^.!?\s]$/);
    expect(error.message).toBe(publicMessage(reason));
  });
});

it("the reasons are those of the contract", () => {
  const statuses: Record<number, string[]> = {};
  for (const reason of authErrorReasons) {
    const { status } = new AuthError(reason);
    statuses[status] = [...(statuses[status] ?? []), reason];
  }
  expect(statuses[401]).toEqual([
    "invalid_credentials",
    "access_token_missing",
    "access_token_invalid",
    "access_token_expired",
    "refresh_token_missing",
    "refresh_token_invalid",
    "refresh_token_reused",
    "session_expired",
    "session_revoked",
  ]);
  expect(statuses[403]).toEqual([
    "account_disabled",
    "cross_site_request",
    "registration_by_mail",
    "forbidden",
    "reauthentication_required",
  ]);
  expect(statuses[400]).toEqual([
    "validation_failed",
    "challenge_invalid",
    "mail_link_invalid",
    "stream_sets_no_cookies",
  ]);
  expect(statuses[409]).toEqual(["username_taken", "already_has_password", "last_admin", "email_taken"]);
  expect(statuses[422]).toEqual(["password_unacceptable"]);
  expect(statuses[413]).toContain("payload_too_large");
  expect(statuses[429]).toEqual(["rate_limited"]);
  expect(statuses[503]).toEqual(["temporarily_unavailable"]);
});

it("the client clears its tokens for the same reasons as the server does", () => {
  expect(clientTerminalReasons).toBe(terminalReasons); // one list, not two that are kept alike by hand
  const terminal = authErrorReasons.filter((reason) => new AuthError(reason).terminal);
  expect([...terminal].sort()).toEqual([...terminalReasons].sort());
});

it("nothing passing is terminal: a busy server, a limit or a wrong password logs nobody out", () => {
  for (const reason of authErrorReasons) {
    const { status, terminal } = new AuthError(reason);
    if (status >= 404 || status === 400) expect(terminal).toBe(false);
  }
  expect(new AuthError("invalid_credentials").terminal).toBe(false);
  expect(new AuthError("access_token_expired").terminal).toBe(false);
});

it("AuthError says when to come back, with 503 always", () => {
  expect(new AuthError("temporarily_unavailable").retryAfterSeconds).toBe(1);
  expect(new AuthError("temporarily_unavailable", { retryAfterSeconds: 7 }).retryAfterSeconds).toBe(7);
  expect(new AuthError("rate_limited", { retryAfterSeconds: 60 }).retryAfterSeconds).toBe(60);
  expect(new AuthError("session_expired").retryAfterSeconds).toBeUndefined();
});

it("AuthError keeps its cause for the log, and out of its message", () => {
  const cause = new Error("SQLITE_BUSY /var/lib/secret.db");
  const error = new AuthError("temporarily_unavailable", { cause });
  expect(error.cause).toBe(cause);
  expect(error.message).not.toContain("SQLITE");
});
