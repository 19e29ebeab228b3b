import { describe, expect, it } from "vitest";
import { activityHref, activityQueryFrom, auditLogInputOf } from "./activity-query.ts";

const session = "01890a5d-ac96-774b-bcce-b302099a8057";

describe("activityQueryFrom()", () => {
  it.each([
    [{}, {}],
    [
      { kind: "logins", session, before: "12" },
      { kind: "logins", session, before: 12 },
    ],
    [{ kind: "nothing", session: "x", before: "-1" }, {}],
    [{ kind: ["logins", "account"], session: [session], before: ["1"] }, {}],
    [{ before: "0" }, {}],
    [{ before: "1e3" }, {}],
    [{ before: "9".repeat(16) }, {}],
    [{ session: session.toUpperCase() }, {}],
  ])("reads %j as %j", (params, query) => expect(activityQueryFrom(params)).toEqual(query));
});

it.each([{}, { kind: "warnings" as const }, { kind: "account" as const, session, before: 3 }])(
  "activityHref() of %j leads back to it",
  (query) => {
    const url = new URL(activityHref(query), "http://localhost");
    expect(url.pathname).toBe("/account/activity");
    expect(activityQueryFrom(Object.fromEntries(url.searchParams))).toEqual(query);
  },
);

it("auditLogInputOf() leaves out what is not asked for, so that one list has one key in the cache", () => {
  expect(auditLogInputOf({ before: 3 })).toEqual({});
  expect(auditLogInputOf({ kind: "logins", session })).toEqual({ kind: "logins", sessionId: session });
});
