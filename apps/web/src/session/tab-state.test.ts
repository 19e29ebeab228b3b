import { expect, it } from "vitest";
import { isHidden, nextTabState, type TabEvent, type TabState } from "./tab-state.ts";

const open: TabState = { is: "open" };
const waiting: TabState = { is: "waiting" };
const asking: TabState = { is: "asking", reason: "session_revoked" };
const toLogin: TabState = { is: "leaving", to: "login" };
const reload: TabState = { is: "leaving", to: "same page" };

const ended: TabEvent = { type: "session_ended", reason: "session_revoked" };
const loggedOut: TabEvent = { type: "logged_out" };
const nobody: TabEvent = { type: "nobody" };
const noReasonCame: TabEvent = { type: "no_reason_came" };
const somebodyElse: TabEvent = { type: "somebody_else" };
const sameAgain: TabEvent = { type: "same_user_again" };

it.each<[TabState, TabEvent, TabState]>([
  [open, ended, asking],
  [open, loggedOut, toLogin],
  [open, nobody, waiting],
  [open, noReasonCame, open],
  [open, somebodyElse, reload],
  [open, sameAgain, open],
  [waiting, ended, asking],
  [waiting, loggedOut, toLogin],
  [waiting, nobody, waiting],
  [waiting, noReasonCame, toLogin],
  [waiting, somebodyElse, reload],
  [waiting, sameAgain, open],
  [asking, { type: "session_ended", reason: "session_expired" }, asking],
  [asking, loggedOut, toLogin],
  [asking, nobody, asking],
  [asking, noReasonCame, asking],
  [asking, somebodyElse, reload],
  [asking, sameAgain, open],
])("nextTabState(%j, %j) is %j", (state, news, next) => {
  expect(nextTabState(state, news)).toEqual(next);
});

it.each([ended, loggedOut, nobody, noReasonCame, somebodyElse, sameAgain])(
  "a tab that is leaving stays on its way, whatever it hears: %j",
  (news) => {
    for (const leaving of [toLogin, reload]) expect(nextTabState(leaving, news)).toBe(leaving);
  },
);

it("only a tab whose login goes on shows its page", () => {
  expect([open, waiting, asking, toLogin, reload].filter((state) => !isHidden(state))).toEqual([open]);
});
