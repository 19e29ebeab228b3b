import { expect, it } from "vitest";
import { createTabStateStore, loginIsNeeded, tabState } from "./tab-state-store.ts";

/** A page that shows what the keeper says, as those do that somebody is logged in on. */
function createShownKeeper() {
  const keeper = createTabStateStore();
  keeper.subscribe(() => undefined);
  return keeper;
}

it("settled() resolves at once on a page that asks for no password", async () => {
  const keeper = createTabStateStore();
  keeper.dispatch({ type: "session_ended", reason: "session_expired" });
  expect(await keeper.settled()).toBe(false);
});

it("settled() resumes every rejected call at once when the same user is back", async () => {
  const keeper = createShownKeeper();
  keeper.dispatch({ type: "session_ended", reason: "session_expired" });
  const waiting = [keeper.settled(), keeper.settled()];
  keeper.dispatch({ type: "same_user_again" });
  expect(await Promise.all(waiting)).toEqual([true, true]);
});

it.each([{ type: "logged_out" }, { type: "somebody_else" }] as const)(
  "settled() gives up when the tab leaves: %j",
  async (news) => {
    const keeper = createShownKeeper();
    keeper.dispatch({ type: "session_ended", reason: "session_revoked" });
    const waiting = keeper.settled();
    keeper.dispatch(news);
    expect(await waiting).toBe(false);
    expect(await keeper.settled()).toBe(false);
  },
);

it("subscribe() reports changes, and no event that changes nothing", () => {
  const keeper = createTabStateStore();
  let told = 0;
  const stop = keeper.subscribe(() => {
    told += 1;
  });
  keeper.dispatch({ type: "same_user_again" });
  keeper.dispatch({ type: "nobody" });
  keeper.dispatch({ type: "nobody" });
  expect(told).toBe(1);
  stop();
  keeper.dispatch({ type: "logged_out" });
  expect(told).toBe(1);
});

it("loginIsNeeded() takes missing tokens for what the cookie says already, and asks for no password", async () => {
  expect(await loginIsNeeded("access_token_missing")).toBe(false);
  expect(tabState.current()).toEqual({ is: "waiting" });
  expect(await loginIsNeeded("session_revoked")).toBe(false);
  expect(tabState.current()).toEqual({ is: "asking", reason: "session_revoked" });
});
