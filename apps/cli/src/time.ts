const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const names = new Map([
  [-1, "yesterday"],
  [0, "today"],
  [1, "tomorrow"],
]);

/**
 * Says an instant as people say it: "today, 14:05", or "30 January, 14:05", with the year when it is another one.
 *
 * @param instant ISO 8601
 * @param now milliseconds since 1970
 */
export function sayTime(instant: string, now: number): string {
  const then = new Date(instant);
  if (Number.isNaN(then.getTime())) return "at an unknown time";
  const today = new Date(now);
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const days = Math.round((midnight(then) - midnight(today)) / dayMs);
  const year = then.getFullYear() === today.getFullYear() ? {} : { year: "numeric" as const };
  return `${names.get(days) ?? then.toLocaleDateString("en-GB", { day: "numeric", month: "long", ...year })}, ${time}`;
}

/** Says a span: "14 min", "3 h", "29 days"; never more than there is. */
export function saySpan(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, "days"],
    [3600, "h"],
    [60, "min"],
  ];
  const [size, name] = units.find(([length]) => seconds >= 2 * length) ?? [1, "s"];
  return `${Math.max(0, Math.floor(seconds / size))} ${name}`;
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
