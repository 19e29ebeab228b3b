import { describe, expect, it } from "vitest";
import { pageOfSessions, sessionCursorShape } from "./session-page.ts";

const idOf = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
/** The one used last first; several at one instant, the one begun last first. */
const sessions = Array.from({ length: 53 }, (_, at) => ({ id: idOf(53 - at), lastSeenAt: 1_000 - Math.floor(at / 3) }));
const currentId = idOf(30);

function allPages(limit: number): string[][] {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = pageOfSessions(sessions, { currentId, cursor, limit });
    pages.push(page.sessions.map(({ id }) => id));
    expect(page.total).toBe(53);
    if (page.next !== null) expect(page.next).toMatch(sessionCursorShape);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

describe("pageOfSessions()", () => {
  it.each([1, 2, 20, 52, 53, 100])("gives each session once in pages of %d, the one that asks first", (limit) => {
    const pages = allPages(limit);
    expect(pages.map((page) => page.length)).toEqual([
      ...Array.from({ length: Math.ceil(53 / limit) - 1 }, () => limit),
      53 - limit * (Math.ceil(53 / limit) - 1),
    ]);
    const others = sessions.map(({ id }) => id).filter((id) => id !== currentId);
    expect(pages.flat()).toEqual([currentId, ...others]);
  });

  it("goes on behind a session that has ended meanwhile, and leaves none out", () => {
    const first = pageOfSessions(sessions, { currentId, limit: 20 });
    const last = first.sessions.at(-1)?.id;
    const left = sessions.filter(({ id }) => id !== last && id !== idOf(53));
    const second = pageOfSessions(left, { currentId, cursor: first.next ?? "", limit: 100 });
    expect([...first.sessions, ...second.sessions].map(({ id }) => id).sort()).toEqual(
      sessions.map(({ id }) => id).sort(),
    );
  });

  it.each([
    [undefined, 20],
    [0, 1],
    [-5, 1],
    [2.9, 2],
    [1_000, 53],
  ])("takes a limit of %s for %d", (limit, length) => {
    expect(pageOfSessions(sessions, { currentId, limit }).sessions).toHaveLength(length);
  });

  it("gives an empty page, and no cursor, where there are none, or none behind the cursor", () => {
    expect(pageOfSessions([], { currentId })).toEqual({ sessions: [], next: null, total: 0 });
    const cursor = `0.${idOf(1)}`;
    expect(pageOfSessions(sessions, { currentId, cursor })).toEqual({ sessions: [], next: null, total: 53 });
  });
});
