import type { Delivery } from "../../../core/domain/model.ts";
import type { Reply } from "../../test-app.ts";

/** A holder of the tokens of a login: a browser, a terminal, or a thief with a copy of what one of them kept. */
export interface Holder {
  /** Such as `browser 1`. */
  readonly name: string;
  readonly delivery: Delivery;
  /** Whose login it is, by their place among the users; a thief has the victim's. */
  readonly user: number;
  readonly isThief: boolean;
  /** When an answer to a refresh or a login last came, in milliseconds of the true time. */
  answeredAt: number;
  /** What it keeps at this moment. Each tab and each process reads it when it sends (assumption A1). */
  read(now: number): Presented;
  /** Takes what an answer brings. */
  receive(call: Call, reply: Reply, now: number): void;
  /** A copy of everything it keeps, in a thief's hands. */
  stolen(): Holder;
}

/** The tokens that a request carries, and the challenge of a login that waits for its second factor. */
export interface Presented {
  refreshToken: string | undefined;
  accessToken: string | undefined;
  challenge?: string | undefined;
}

export type Purpose = "refresh" | "call" | "login" | "complete login" | "logout" | "change password";

/** One request, as it is put on the wire. */
export interface Call {
  purpose: Purpose;
  method: "GET" | "POST";
  path: string;
  input: Record<string, unknown> | undefined;
  headers: Record<string, string>;
  presented: Presented;
}

const paths = {
  refresh: "auth.refresh",
  call: "auth.me",
  login: "auth.login",
  "complete login": "auth.completeLogin",
  logout: "auth.logout",
  "change password": "auth.changePassword",
} as const satisfies Record<Purpose, string>;

const names = {
  access: "__Host-watchword.access",
  refresh: "__Host-watchword.refresh",
  challenge: "__Host-watchword.challenge",
} as const;

/** These begin a session: what they carry besides is only what a browser sends along. */
export const beginnings: ReadonlySet<Purpose> = new Set(["login", "complete login"]);

/** Puts tokens where the login's delivery wants them: in cookies, or in the body and as a bearer. */
export function makeCall(
  purpose: Purpose,
  { delivery, presented, input = {} }: { delivery: Delivery; presented: Presented; input?: Record<string, unknown> },
): Call {
  const { refreshToken, accessToken, challenge } = presented;
  const inBody = delivery === "body" && (purpose === "refresh" || purpose === "logout") && refreshToken !== undefined;
  const bearer = delivery === "body" && purpose !== "refresh" && !beginnings.has(purpose) && accessToken !== undefined;
  const cookies = [
    ...(accessToken === undefined ? [] : [`${names.access}=${accessToken}`]),
    ...(refreshToken === undefined ? [] : [`${names.refresh}=${refreshToken}`]),
    ...(challenge === undefined ? [] : [`${names.challenge}=${challenge}`]),
  ];
  const isAnswer = delivery === "body" && purpose === "complete login";
  return {
    purpose,
    method: purpose === "call" ? "GET" : "POST",
    path: paths[purpose],
    input:
      purpose === "call"
        ? undefined
        : { ...input, ...(inBody ? { refreshToken } : {}), ...(isAnswer ? { challenge } : {}) },
    headers: {
      ...(delivery === "cookie" && cookies.length > 0 ? { cookie: cookies.join("; ") } : {}),
      ...(bearer ? { authorization: `Bearer ${accessToken}` } : {}),
    },
    // A login of a terminal carries no token; one of a browser carries the jar's, and ends the session they belong to.
    presented: beginnings.has(purpose) && delivery === "body" ? nothing : presented,
  };
}

export const nothing: Presented = { refreshToken: undefined, accessToken: undefined };

/** The tokens in an answer, whichever way they travel. */
export function tokensIn({ setCookies, body }: Reply): Presented {
  const data = body.result?.data;
  const inCookie = (name: string) => {
    const cookie = setCookies.find((one) => one.startsWith(`${name}=`));
    return cookie?.slice(name.length + 1).split(";", 1)[0] || undefined;
  };
  const inBody = (token: unknown) => (typeof token === "string" ? token : undefined);
  return {
    refreshToken: inCookie(names.refresh) ?? inBody(data?.refreshToken),
    accessToken: inCookie(names.access) ?? inBody(data?.accessToken),
    challenge: inCookie(names.challenge) ?? inBody(data?.challenge),
  };
}

/** Why a call was refused; undefined when it was not. */
export function rejectionIn({ body }: Reply): string | undefined {
  return body.error?.data.reason;
}
