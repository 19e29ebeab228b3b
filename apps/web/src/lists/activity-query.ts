import type { AuditKind } from "@watchword/auth/trpc";
import type { Params } from "./cursor.ts";

const kinds = ["logins", "sessions", "account", "warnings"] as const satisfies readonly AuditKind[];

/** Which entries of the audit log an address asks for. */
export interface ActivityQuery {
  kind?: AuditKind;
  /** The id of a session. */
  session?: string;
  /** `nextCursor` of the page before. */
  before?: number;
}

const idShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What cannot be read is left out: an incomplete address shows more entries, and no error. */
export function activityQueryFrom(params: Params): ActivityQuery {
  const kind = kinds.find((one) => one === params.kind);
  const session = typeof params.session === "string" && idShape.test(params.session) ? params.session : undefined;
  const before =
    typeof params.before === "string" && /^[1-9]\d{0,14}$/.test(params.before) ? Number(params.before) : undefined;
  return { ...(kind && { kind }), ...(session && { session }), ...(before && { before }) };
}

export function activityHref(query: ActivityQuery): string {
  const params = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return params.size === 0 ? "/account/activity" : `/account/activity?${params}`;
}

/** The same as `auth.timeline` takes it, without its page. */
export function auditLogInputOf({ kind, session }: ActivityQuery): { kind?: AuditKind; sessionId?: string } {
  return { ...(kind && { kind }), ...(session && { sessionId: session }) };
}
