/** "today, 14:05", "yesterday, 09:12", "12 March, 10:00", "12 March 2025, 10:00". */
export function relativeDay(at: string, { now, zone }: { now: string; zone: string }): string {
  const day = dayIn(at, zone);
  const today = dayIn(now, zone);
  const clock = format(at, zone, { hour: "2-digit", minute: "2-digit" });
  const apart = Math.round((Date.parse(today) - Date.parse(day)) / 86_400_000);
  if (apart === 0) return `today, ${clock}`;
  if (apart === 1) return `yesterday, ${clock}`;
  if (apart === -1) return `tomorrow, ${clock}`;
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  const date = format(at, zone, { day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) });
  return `${date}, ${clock}`;
}

/** "Monday 23 November 2026 at 14:05:09 CET" */
export function exactTime(at: string, zone: string): string {
  return format(at, zone, { dateStyle: "full", timeStyle: "long" });
}

/** The calendar day of a moment: "2026-11-23". */
function dayIn(at: string, zone: string): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const { year, month, day } = Object.fromEntries(
    parts.formatToParts(new Date(at)).map(({ type, value }) => [type, value]),
  );
  return `${year}-${month}-${day}`;
}

function format(at: string, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone }).format(new Date(at));
}
