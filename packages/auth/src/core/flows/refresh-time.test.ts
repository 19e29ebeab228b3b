import { afterEach, describe, expect, it } from "vitest";
import { createTestSession } from "../../../test/test-session.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { reasonOf } from "../../testing/test-auth.ts";

const second = 1000;
const machineZone = process.env.TZ;

afterEach(() => {
  if (machineZone === undefined) delete process.env.TZ;
  else process.env.TZ = machineZone;
});

const moments = [
  ["the hour that is skipped in Berlin", "Europe/Berlin", Date.UTC(2026, 2, 29, 1)],
  ["the hour that comes twice in New York", "America/New_York", Date.UTC(2026, 10, 1, 6)],
  ["a leap second", "UTC", Date.UTC(2017, 0, 1)],
  ["the end of 31-bit seconds in 2038", "Asia/Kolkata", Date.UTC(2038, 0, 19, 3, 14, 8)],
  ["the end of 32-bit seconds in 2106", "Pacific/Chatham", Date.UTC(2106, 1, 7, 6, 28, 16)],
] as const;

describe("refresh() and verify() across", () => {
  it.each(moments)("%s (%s): the same as on any other day (T05)", async (_, zone, moment) => {
    process.env.TZ = zone;
    const clock = createFakeClock(moment - 1);
    const { auth, first, refresh, row } = await createTestSession({ clock });
    expect(first).toMatchObject({ expiresIn: 900, refreshExpiresIn: 1_209_600 });
    clock.advance(1);
    expect((await auth.verify(first.accessToken)).expiresIn).toBe(first.expiresIn - 1);
    const next = await refresh(first.refreshToken);
    expect(next).toMatchObject({ expiresIn: 900, refreshExpiresIn: 1_209_600, session: { generation: 1 } });
    expect((await row()).rotatedAt).toBe(moment);
    clock.advance(30 * second);
    expect((await refresh(first.refreshToken)).refreshToken).toBe(next.refreshToken);
    clock.advance(870 * second - 1);
    expect(await reasonOf(auth.verify(next.accessToken))).toBe("ok");
    clock.advance(1);
    expect(await reasonOf(auth.verify(next.accessToken))).toBe("access_token_expired");
    clock.set(moment + 14 * 86_400 * second - 1);
    expect((await refresh(next.refreshToken)).session.generation).toBe(2);
  });
});
