import { expect, it, vi } from "vitest";
import { exactTime, relativeDay } from "./time-words.ts";

const now = "2026-11-23T13:30:00Z";

it.each([
  ["2026-11-23T13:05:00Z", "Europe/Berlin", "today, 14:05"],
  ["2026-11-22T23:30:00Z", "Europe/Berlin", "today, 00:30"],
  ["2026-11-22T23:30:00Z", "UTC", "yesterday, 23:30"],
  ["2026-11-24T01:00:00Z", "UTC", "tomorrow, 01:00"],
  ["2026-03-12T09:00:00Z", "Asia/Kolkata", "12 March, 14:30"],
  ["2025-12-31T23:30:00Z", "UTC", "31 December 2025, 23:30"],
])("relativeDay() says %s in %s as %s", (at, zone, said) => {
  expect(relativeDay(at, { now, zone })).toBe(said);
});

it("exactTime() names the day, the second and the zone", () => {
  expect(exactTime("2026-11-23T13:05:09Z", "Europe/Berlin")).toMatch(/^Monday.* 23 November 2026.* 14:05:09 .+$/);
});

it("makes the formatters of a zone once, however many times are said", () => {
  const says = { now: "2026-11-23T12:00:00Z", zone: "Asia/Kathmandu" };
  relativeDay("2026-11-01T12:00:00Z", says);
  const made = vi.spyOn(Intl, "DateTimeFormat");
  for (let day = 1; day <= 9; day += 1) relativeDay(`2026-11-0${day}T12:00:00Z`, says);
  exactTime("2026-11-01T12:00:00Z", says.zone);
  expect(made).not.toHaveBeenCalled();
  made.mockRestore();
});
