import { describe, expect, it } from "vitest";
import { aNewUser, aSession } from "../../testing/fixtures.ts";
import type { EmailKind, RevokedReason } from "../domain/model.ts";
import { decideEmailBinding, type EmailBindingContext } from "./binding.ts";

const user = aNewUser({ email: "ada@example.com", credentialVersion: 3 });
const session = aSession({ userId: user.id, createdAt: 1_000 });
const binding = { boundEmailKey: "ada@example.com", boundCredentialVersion: 3, boundSessionId: session.id };
const unbound = { boundEmailKey: null, boundCredentialVersion: null, boundSessionId: null };
const decide = (
  email: Partial<typeof binding | typeof unbound> & { kind?: EmailKind; orderedAt?: number },
  context: Partial<EmailBindingContext> = {},
) =>
  decideEmailBinding(
    { kind: "change_email", orderedAt: 1_500, ...binding, ...email },
    { user, session, sessionsNotBefore: 0, ...context },
  );
const revoked = (revokedReason: RevokedReason) => ({ session: { ...session, revokedAt: 2_000, revokedReason } });

describe("decideOrder() sends an order to change the address", () => {
  it.each<[string, Partial<EmailBindingContext>]>([
    ["while nothing has changed", {}],
    ["after its session logged itself out", revoked("logout")],
    ["after its session ran out and was cleared away", { session: undefined }],
    ["given at the very instant of a restore", { sessionsNotBefore: 1_500, session: undefined }],
  ])("%s", (_, context) => expect(decide({}, context)).toBe("send"));
});

describe("decideOrder() finds an order to change the address void", () => {
  it.each<[string, Parameters<typeof decide>[0], Partial<EmailBindingContext>]>([
    ["of another password", { boundCredentialVersion: 2 }, {}],
    ["of another address", { boundEmailKey: "old@example.com" }, {}],
    ["of a disabled account", {}, { user: { ...user, disabledAt: 1 } }],
    ["of an account that is gone", {}, { user: undefined }],
    ["bound to nothing, from before there were bindings", unbound, {}],
    ["bound to no session", { boundSessionId: null }, {}],
    ["bound to no address", { boundEmailKey: null }, {}],
    ["bound to no password", { boundCredentialVersion: null }, {}],
    ["of a session that began before a restore", {}, { sessionsNotBefore: 1_001 }],
    [
      "given before a restore, by a session that was cleared away",
      { orderedAt: 1_500 },
      { sessionsNotBefore: 1_501, session: undefined },
    ],
    ["of a session that was used by two", {}, revoked("refresh_token_reused")],
    ["of a session that another one ended", {}, revoked("ended_by_user")],
    ["of a session that an administrator ended", {}, revoked("ended_by_admin")],
    ["of a session that newer ones pushed out", {}, revoked("too_many_sessions")],
    ["of a session that a change of the password ended", {}, revoked("password_changed")],
    ["of a session whose account was disabled", {}, revoked("account_disabled")],
  ])("%s", (_, email, context) => expect(decide(email, context)).toBe("void"));
});

describe("decideOrder() judges an order of an invitation", () => {
  const kind = "invitation";
  it.each<[string, Parameters<typeof decide>[0], Partial<EmailBindingContext>, "send" | "void"]>([
    ["by the address", { boundEmailKey: "old@example.com" }, {}, "void"],
    ["by the credentials", { boundCredentialVersion: 2 }, {}, "void"],
    ["by the account", {}, { user: { ...user, disabledAt: 1 } }, "void"],
    ["by no session", { boundSessionId: null }, revoked("ended_by_user"), "send"],
    ["by its binding, which it cannot be without", unbound, {}, "void"],
  ])("%s", (_, email, context, verdict) => expect(decide({ kind, ...email }, context)).toBe(verdict));
});

describe("decideOrder() judges an order to verify the address", () => {
  const kind = "verify_email";
  it.each<[string, Parameters<typeof decide>[0], Partial<EmailBindingContext>, "send" | "void"]>([
    ["by the address", { boundEmailKey: "old@example.com" }, {}, "void"],
    ["by the password", { boundCredentialVersion: 2 }, {}, "void"],
    ["by the account", {}, { user: { ...user, disabledAt: 1 } }, "void"],
    ["by no session", { boundSessionId: null }, revoked("ended_by_user"), "send"],
    ["by what there is, if it is an older one", unbound, {}, "send"],
  ])("%s", (_, email, context, verdict) => expect(decide({ kind, ...email }, context)).toBe(verdict));
});
