import { expect, it } from "vitest";
import { createTabStateStore, loginIsNeeded, tabState } from "./tab-state-store.ts";

/** A page that shows what the keeper says, as those do that somebody is logged in on. */
function createShownStore() {
  const tabs = createTabStateStore();
  tabs.subscribe(() => undefined);
  return tabs;
}

it("settled() resolves at once on a page that asks for no password", async () => {
  const tabs = createTabStateStore();
  tabs.dispatch({ type: "session_ended", reason: "session_expired" });
  expect(await tabs.settled()).toBe(false);
});

it("settled() resumes every rejected call at once when the same user is back", async () => {
  const tabs = createShownStore();
  tabs.dispatch({ type: "session_ended", reason: "session_expired" });
  const waiting = [tabs.settled(), tabs.settled()];
  tabs.dispatch({ type: "same_user_again" });
  expect(await Promise.all(waiting)).toEqual([true, true]);
});

it.each([{ type: "logged_out" }, { type: "somebody_else" }] as const)(
  "settled() gives up when the tab leaves: %j",
  async (news) => {
    const tabs = createShownStore();
    tabs.dispatch({ type: "session_ended", reason: "session_revoked" });
    const waiting = tabs.settled();
    tabs.dispatch(news);
    expect(await waiting).toBe(false);
    expect(await tabs.settled()).toBe(false);
  },
);

it("subscribe() reports changes, and no event that changes nothing", () => {
  const tabs = createTabStateStore();
  let calls = 0;
  const stop = tabs.subscribe(() => {
    calls += 1;
  });
  tabs.dispatch({ type: "same_user_again" });
  tabs.dispatch({ type: "nobody" });
  tabs.dispatch({ type: "nobody" });
  expect(calls).toBe(1);
  stop();
  tabs.dispatch({ type: "logged_out" });
  expect(calls).toBe(1);
});

it("loginIsNeeded() takes missing tokens for what the cookie says already, and asks for no password", async () => {
  expect(await loginIsNeeded("access_token_missing")).toBe(false);
  expect(tabState.current()).toEqual({ is: "waiting" });
  expect(await loginIsNeeded("session_revoked")).toBe(false);
  expect(tabState.current()).toEqual({ is: "asking", reason: "session_revoked" });
});
