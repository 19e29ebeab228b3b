import "server-only";
import type { EndReason } from "@watchword/auth/client";
import { AuthError } from "@watchword/auth/core";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { endedHeader, loginAfter } from "../messages/session-end.ts";
import { failureOf } from "../server/caller.ts";
import type { FormState, Problem } from "./form-state.ts";

type Rejected = Extract<FormState, { status: "refused" }>;
type ErrorFields = ReturnType<typeof failureOf>;

interface Form {
  /** The inputs of the form, in their order on the page. */
  fields: readonly string[];
  /** What goes back into the page. Leave passwords out. */
  typed: Readonly<Record<string, string>>;
  /** The input that a rejected password belongs to. */
  password?: string;
  /** The input for what the rules call the response of a credential. */
  code?: string;
}

/** Turns what a procedure threw into what the form shows. Whatever is not a rejection is thrown again. */
export function rejectedBy(error: unknown, form: Form): Rejected {
  const failure = failureOf(error);
  const problems = problemsOf(failure, form);
  return {
    status: "refused",
    problems,
    typed: form.typed,
    emptied: failure.reason === "invalid_credentials" ? [wrongInput(failure, form)] : [],
    ...(failure.retryAfterSeconds === undefined || isOwnOutage(failure)
      ? {}
      : { waitSeconds: failure.retryAfterSeconds }),
  };
}

/** The input with what was not right. */
function wrongInput({ fields }: ErrorFields, { code = "password" }: Form): string {
  if (fields.response) return code;
  return fields.currentPassword ? "currentPassword" : "password";
}

/** Rejects before anything is asked of the server. */
export function rejectedFor(problems: readonly Problem[], typed: Form["typed"]): Rejected {
  return { status: "refused", problems, typed };
}

/**
 * Ends a form well. A script gets the address, and loads it in full; a browser without one is redirected.
 */
export async function arriveAt(next: string): Promise<FormState> {
  if ((await headers()).has("next-action")) return { status: "done", next };
  redirect(next);
}

/** Ends a form that is one of several on the way in: nothing says yet that a browser keeps the login. */
export async function goOnAt(next: string): Promise<FormState> {
  const answer = await arriveAt(next);
  return answer.status === "done" ? { ...answer, unfinished: true } : answer;
}

/**
 * Ends a form whose session is over. A script asks for the password and sends the form again; a browser without one goes
 * to the login page, and comes back to `returnTo`.
 */
export async function needsLogin(reason: EndReason, returnTo: string): Promise<FormState> {
  const request = await headers();
  // The proxy may have found it out a moment ago, and has taken the cookies away since.
  const why = (request.get(endedHeader) ?? reason) as EndReason;
  if (request.has("next-action")) return { status: "login_needed", reason: why };
  redirect(loginAfter(why, returnTo));
}

/** A text of a form as it was typed. A file in its place counts as nothing. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

/** A sentence for each input that was left empty. */
export function emptyFields(form: FormData, sentences: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(sentences)
    .filter(([field]) => textOf(form, field).trim() === "")
    .map(([field, message]) => ({ field, message }));
}

/** What the rules say of every outage. */
const busy = new AuthError("temporarily_unavailable").message;

/** An outage with a sentence of its own: that says more, also of when to try again. */
function isOwnOutage({ reason, message }: ErrorFields): boolean {
  return reason === "temporarily_unavailable" && message !== busy;
}

function problemsOf(failure: ErrorFields, form: Form): Problem[] {
  const { reason, message } = failure;
  switch (reason) {
    case "username_taken":
    case "email_taken":
      return takenProblems(failure);
    case "account_disabled":
      return [{ message: "This account has been disabled. Ask the administrator of this site" }];
    case "rate_limited":
      return [{ message: "Too many tries. Nothing was changed" }];
    case "temporarily_unavailable":
      return [{ message: isOwnOutage(failure) ? message : "The server is busy. Nothing was changed" }];
    case "invalid_credentials":
      return wrongInput(failure, form) === "password" ? [{ field: "password", message }] : fieldProblems(failure, form);
    default:
      return fieldProblems(failure, form);
  }
}

/** Both, where both are taken. In the order of the form. */
function takenProblems({ fields, reason }: ErrorFields): Problem[] {
  const email = "There is already an account with that email address. Log in, or use another";
  const username = "That username is taken. Choose another, or log in if it is yours";
  const problems: Problem[] = [];
  if (fields.email || reason === "email_taken") problems.push({ field: "email", message: email, mayBeYours: true });
  if (fields.username || reason === "username_taken") {
    problems.push({ field: "username", message: username, mayBeYours: true });
  }
  return problems;
}

function fieldProblems({ fields: said, message }: ErrorFields, { fields, password, code }: Form): Problem[] {
  // The rules call a new password "password" and a code "response", whatever the form calls them.
  const inRules = new Map([
    [password, "password"],
    [code, "response"],
  ]);
  const problems = fields.flatMap((field): Problem[] => {
    const sentence = said[field]?.[0] ?? said[inRules.get(field) ?? field]?.[0];
    return sentence ? [{ field, message: sentence }] : [];
  });
  return problems.length > 0 ? problems : [{ message }];
}
