import type { AuthErrorReason } from "@watchword/auth/core";

/** Why a request gets no answer of a page, a file or a procedure. */
export interface Problem {
  /** An HTTP status of 400 or more. */
  status: number;
  /** What the sender can do about it: a sentence without its full stop. The status has one of its own. */
  sentence?: string;
  headers?: Readonly<Record<string, string>>;
  /** Of an error of ours: the id under which it is in the log. */
  errorId?: string;
  /** Where the status alone does not say it. */
  reason?: AuthErrorReason;
  retryAfterSeconds?: number;
  /** Text that was typed into a form which could not be taken: it is given back on the page. */
  typed?: readonly TypedText[];
}

export interface TypedText {
  label: string;
  text: string;
}

interface Words {
  title: string;
  text: string;
  /** What the router's own errors say in `data.reason`. */
  reason: AuthErrorReason;
}

const unreadable: Words = {
  title: "This could not be read",
  text: "The request was incomplete or not valid. Nothing was changed.",
  reason: "validation_failed",
};

const words: Readonly<Record<number, Words>> = {
  400: unreadable,
  401: { title: "This needs a login", text: "Log in, then open it again.", reason: "access_token_missing" },
  403: {
    title: "You may not do this",
    text: "Your account has no access to it. Nothing was done.",
    reason: "forbidden",
  },
  404: {
    title: "There is nothing here",
    text: "The address is wrong, or what was here is gone.",
    reason: "not_found",
  },
  405: {
    title: "This method is not allowed here",
    text: "Nothing was done. Open it by a link, or send a form to the page that the form is on.",
    reason: "method_not_allowed",
  },
  408: {
    title: "That took too long to arrive",
    text: "The connection was too slow, so nothing was done. Try again.",
    reason: "validation_failed",
  },
  409: {
    title: "This page is from before an update",
    text: "The site was updated after you loaded the page, so it cannot accept this form. Nothing was changed. Load the page again, then send it once more.",
    reason: "validation_failed",
  },
  411: {
    title: "The length of the request is missing",
    text: "The request did not state its length, so nothing was done.",
    reason: "payload_too_large",
  },
  413: {
    title: "That is too large",
    text: "The request was larger than the limit, so nothing was done. Send less.",
    reason: "payload_too_large",
  },
  414: {
    title: "The address is too long",
    text: "An address of this site is much shorter. Nothing was done.",
    reason: "validation_failed",
  },
  415: {
    title: "This type of content is not accepted",
    text: "The request was not a form of this site, so nothing was done.",
    reason: "validation_failed",
  },
  421: {
    title: "This address does not belong to this site",
    text: "This site has another address. Open it there.",
    reason: "validation_failed",
  },
  429: {
    title: "Too many tries",
    text: "Nothing was changed. Wait a little, then try again.",
    reason: "rate_limited",
  },
  431: {
    title: "The request was too large",
    text: "The headers of the request were larger than the limit, so nothing was done.",
    reason: "validation_failed",
  },
  500: {
    title: "This page could not be shown",
    text: "Something went wrong on our side. If you were logged in, you still are.",
    reason: "internal_error",
  },
  503: {
    title: "This page is not available now",
    text: "The server cannot reach its database. If you were logged in, you still are. Nothing was changed. Try again in a moment.",
    reason: "temporarily_unavailable",
  },
};

const crossSite: Words = {
  title: "This came from another site",
  text: "A page of another site sent this, so nothing was done. If you wanted to do it, open this site and do it there.",
  reason: "cross_site_request",
};

export function wordsFor({ status, reason }: Problem): Words {
  if (reason === crossSite.reason) return crossSite;
  return words[status] ?? (status < 500 ? unreadable : (words[500] as Words));
}

/** One sentence for those who see no page. */
export function sentenceFor(problem: Problem): string {
  const { sentence, errorId } = problem;
  if (errorId !== undefined) return `Something went wrong on our side: ${errorId}`;
  return sentence ?? wordsFor(problem).title;
}
