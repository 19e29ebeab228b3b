import type { DevEvent, DevEventKind } from "./dev-event.ts";

const titles: Record<DevEventKind, string> = {
  issued: "Issued",
  expired: "Expired",
  rotated: "Rotated",
  repeated: "Replayed",
  rearmed: "Reissued",
  lost: "Reply lost",
  refused: "Rejected",
  reused: "Revoked",
  logged_out: "Logged out",
  password_changed: "Password changed",
};

const rejections: Record<string, string> = {
  refresh_token_invalid: "Not a token of this session",
  session_expired: "The session had expired",
  session_revoked: "The session had ended",
  refresh_token_reused: "The session had ended: a token was used twice",
  account_disabled: "The account is disabled",
  temporarily_unavailable: "The database was busy",
};

/** What happened, in a word. */
export function titleOf({ kind }: DevEvent): string {
  return titles[kind];
}

/** What that means for the tokens, in a line. */
export function meaningOf({ kind, generation, why }: DevEvent): string {
  switch (kind) {
    case "issued":
      return "A login began the session";
    case "expired":
      return "The access token is rejected from now on";
    case "rotated":
      return `Generation ${generation} is in use`;
    case "repeated":
      return `Generation ${generation} once more`;
    case "rearmed":
      return `Another generation ${generation}`;
    case "lost":
      return `No client received generation ${generation}`;
    case "refused":
      return rejections[why ?? ""] ?? "The server failed";
    case "reused":
      return `Generation ${generation} came back after its successor was used`;
    case "logged_out":
      return "The session is over";
    case "password_changed":
      return "Every other session is over";
  }
}

/** Who it was, by which way if not by cookie, and how long the rules took. */
export function sourceOf({ by, delivery, tookMs }: DevEvent): string {
  const time = tookMs === null ? [] : [`${tookMs < 10 ? tookMs.toFixed(1) : Math.round(tookMs)} ms`];
  return [whoIs(by), ...(delivery === "body" ? ["body"] : []), ...time].join(", ");
}

function whoIs(by: string): string {
  if (by === "page") return "page load";
  if (by === "program") return "program";
  return by === "copy" ? "a copy" : `tab ${by}`;
}

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** "14:05:09", in the reader's zone. */
export function clockTime(at: number): string {
  return clock.format(at);
}
