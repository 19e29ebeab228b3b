const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const dayNames = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });
const dateWithYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

/**
 * Formats an instant: "today, 14:05", or "30 January, 14:05", with the year when it is another one.
 *
 * @param instant ISO 8601
 * @param now milliseconds since 1970
 */
export function formatTime(instant: string, now: number): string {
  const then = new Date(instant);
  if (Number.isNaN(then.getTime())) return "at an unknown time";
  const today = new Date(now);
  const ahead = Math.round((midnight(then) - midnight(today)) / dayMs);
  const named = Math.abs(ahead) <= 1 ? dayNames.format(ahead, "day") : undefined;
  const sameYear = then.getFullYear() === today.getFullYear();
  return `${named ?? (sameYear ? date : dateWithYear).format(then)}, ${clock.format(then)}`;
}

const spans = (["day", "hour", "minute", "second"] as const).map((unit) => {
  const seconds = { day: 86_400, hour: 3600, minute: 60, second: 1 }[unit];
  return { seconds, words: new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "short" }) };
});

/** Formats a duration, rounded down: "14 min", "3 hr", "29 days". */
export function formatDuration(seconds: number): string {
  const span = spans.find((one) => one.seconds === 1 || seconds >= 2 * one.seconds);
  return span?.words.format(Math.max(0, Math.floor(seconds / span.seconds))) ?? "";
}

function midnight(moment: Date): number {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}
