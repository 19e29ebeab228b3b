import { describe, expect, it } from "vitest";
import { type Session, type SessionState, type StateEvent, transition } from "./session-state.ts";

type Behind = Session[0];

/** The whole table, written out: the next state, then what is to be done. */
const expected: Record<Behind, Record<Exclude<StateEvent, "suspend" | "resume">, string>> = {
  none: {
    replaced: "valid",
    absent: "none",
    expiring: "none",
    refresh: "refreshing, refresh",
    finished: "none",
    rejected: "ended, cancel, notify",
    refresh_rejected: "ended, notify",
    lost: "none, cancel",
  },
  valid: {
    replaced: "valid",
    absent: "none",
    expiring: "due",
    refresh: "refreshing, refresh",
    finished: "valid",
    rejected: "ended, cancel, notify",
    refresh_rejected: "ended, notify",
    lost: "none, cancel",
  },
  due: {
    replaced: "valid",
    absent: "none",
    expiring: "due",
    refresh: "refreshing, refresh",
    finished: "due",
    rejected: "ended, cancel, notify",
    refresh_rejected: "ended, notify",
    lost: "none, cancel",
  },
  refreshing: {
    replaced: "valid",
    absent: "none",
    expiring: "refreshing",
    refresh: "refreshing, refresh",
    finished: "valid",
    rejected: "ended, cancel, notify",
    refresh_rejected: "ended, notify",
    lost: "none, cancel",
  },
  ended: {
    replaced: "valid",
    absent: "ended",
    expiring: "ended",
    refresh: "ended, refresh",
    finished: "ended",
    rejected: "ended",
    refresh_rejected: "ended",
    lost: "ended",
  },
};

const behinds = Object.keys(expected) as Behind[];
const rows = behinds.flatMap((behind) =>
  Object.entries(expected[behind]).map(([event, next]) => [behind, event as StateEvent, next] as const),
);

/** As the states of a session are named: suspended hides what is behind. */
const nameOf = ([behind, suspensions]: Session): SessionState => (suspensions > 0 ? "suspended" : behind);

function after(session: Session, event: StateEvent): string {
  const [next, effects] = transition(session, event);
  return [nameOf(next), ...effects].join(", ");
}

describe("transition()", () => {
  it("has an answer for each of 5 states and 8 events, besides a suspension's", () => {
    expect(rows).toHaveLength(40);
    expect(new Set(rows.map(([behind, event]) => `${behind} ${event}`)).size).toBe(40);
  });

  it.each(rows)("%s, %s: %s", (behind, event, next) => {
    expect(after([behind, 0], event)).toBe(next);
  });

  it.each(behinds)("%s, suspend: suspended, cancel; and resume returns to it", (behind) => {
    expect(after([behind, 0], "suspend")).toBe("suspended, cancel");
    expect(transition(transition([behind, 0], "suspend")[0], "resume")).toEqual([[behind, 0], []]);
  });

  it.each(behinds)("%s, resume: no change where nothing is suspended", (behind) => {
    expect(transition([behind, 0], "resume")).toEqual([[behind, 0], []]);
  });

  it.each(behinds)("suspended (%s behind), refresh: suspended, wait; and nothing changes behind", (behind) => {
    expect(transition([behind, 1], "refresh")).toEqual([[behind, 1], ["wait"]]);
  });

  it.each(rows.filter(([, event]) => event !== "refresh"))(
    "suspended (%s behind), %s: changes what is behind as without a suspension (%s)",
    (behind, event, next) => {
      const [[nextBehind, suspensions], effects] = transition([behind, 1], event);
      expect([nextBehind, ...effects].join(", ")).toBe(next);
      expect(suspensions).toBe(1);
    },
  );

  it.each(behinds)("suspended twice (%s behind): refreshes wait until both have resumed", (behind) => {
    const twice = transition([behind, 1], "suspend")[0];
    const once = transition(twice, "resume")[0];
    expect([after(twice, "refresh"), after(once, "refresh")]).toEqual(["suspended, wait", "suspended, wait"]);
    expect(transition(once, "resume")[0]).toEqual([behind, 0]);
  });

  it("a refresh that a suspension cancels has finished behind it", () => {
    const [suspended] = transition(["refreshing", 0], "suspend");
    expect(transition(suspended, "finished")[0]).toEqual(["valid", 1]);
  });

  it("an app is told once of an end, until other tokens are in use", () => {
    let session: Session = ["valid", 0];
    const notified: StateEvent[] = [];
    const events = [
      "rejected",
      "rejected",
      "refresh",
      "refresh_rejected",
      "absent",
      "rejected",
      "replaced",
      "rejected",
    ];
    for (const event of events as StateEvent[]) {
      const [next, effects] = transition(session, event);
      if (effects.includes("notify")) notified.push(event);
      session = next;
    }
    expect(notified).toEqual(["rejected", "rejected"]);
  });
});
