import { expect, it } from "vitest";
import type { AuditEvent } from "../domain/model.ts";
import { auditKinds, eventsOfKind } from "./kinds.ts";

const every: Record<AuditEvent, true> = {
  authn_login_success: true,
  authn_login_fail: true,
  authn_login_fail_max: true,
  authn_password_change: true,
  authn_password_change_fail: true,
  authn_reauth_success: true,
  authn_reauth_fail: true,
  authn_token_created: true,
  authn_token_reuse: true,
  authz_admin: true,
  authz_change: true,
  sensitive_read: true,
  session_created: true,
  session_renewed: true,
  session_expired: true,
  session_use_after_expire: true,
  user_created: true,
  user_deleted: true,
  user_updated: true,
};

it("every event of the audit log is of at least one kind, and of each kind once", () => {
  expect([...new Set(auditKinds.flatMap((kind) => eventsOfKind[kind]))].sort()).toEqual(Object.keys(every).sort());
  for (const kind of auditKinds) expect(new Set(eventsOfKind[kind]).size).toBe(eventsOfKind[kind].length);
});
