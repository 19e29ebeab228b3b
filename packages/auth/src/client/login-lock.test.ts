import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTestLocks, type TestLocks } from "../../test/test-browser.ts";
import { refreshLock, withLoginLock } from "./hint-cookie.ts";

let locks: TestLocks;
beforeEach(() => {
  locks = createTestLocks();
  vi.stubGlobal("navigator", { locks });
});
afterEach(() => void vi.unstubAllGlobals());

describe("withLoginLock()", () => {
  it("sends nothing while another tab refreshes, and lets none refresh until the login has answered (C11)", async () => {
    const order: string[] = [];
    const letGo = locks.hold(refreshLock);
    let response = () => {};
    const login = withLoginLock(async () => {
      order.push("login sent");
      await new Promise<void>((resolve) => {
        response = resolve;
      });
      order.push("login answered");
      return "done";
    });
    await turnOver();
    expect(order).toEqual([]);
    letGo();
    await vi.waitFor(() => expect(order).toEqual(["login sent"]));
    const refresh = locks.request(refreshLock, {}, async () => order.push("refresh sent"));
    await turnOver();
    expect(order).toEqual(["login sent"]);
    response();
    expect(await login).toBe("done");
    await refresh;
    expect(order).toEqual(["login sent", "login answered", "refresh sent"]);
  });

  it("logs in once all the same when its turn does not come, and without locks", async () => {
    let times = 0;
    const logIn = async () => {
      times += 1;
      return times;
    };
    locks.hold(refreshLock);
    const patience = new AbortController();
    const login = withLoginLock(logIn, patience.signal);
    await turnOver();
    expect(times).toBe(0);
    patience.abort();
    expect(await login).toBe(1);
    vi.stubGlobal("navigator", {});
    expect(await withLoginLock(logIn)).toBe(2);
  });

  it("fails as the login fails, asks once, and lets the next one in", async () => {
    let times = 0;
    const fail = async () => {
      times += 1;
      throw new Error("offline");
    };
    await expect(withLoginLock(fail)).rejects.toThrow("offline");
    expect(times).toBe(1);
    expect(await withLoginLock(async () => "done")).toBe("done");
  });
});

/** All that waits for nothing but a turn has had it. */
function turnOver(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
