const dayNames = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

const styles = {
  clock: { hour: "2-digit", minute: "2-digit" },
  date: { day: "numeric", month: "long" },
  dateWithYear: { day: "numeric", month: "long", year: "numeric" },
  exact: { dateStyle: "full", timeStyle: "long" },
  parts: { year: "numeric", month: "2-digit", day: "2-digit" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

type Formatters = Record<keyof typeof styles, Intl.DateTimeFormat>;

/** Those of each zone, made once: a new formatter costs more than all that it formats on a page. */
const formattersOf = new Map<string, Formatters>();

/** "today, 14:05", "yesterday, 09:12", "12 March, 10:00", "12 March 2025, 10:00". */
export function relativeDay(at: string, { now, zone }: { now: string; zone: string }): string {
  const { clock, date, dateWithYear } = formattersFor(zone);
  const moment = new Date(at);
  const day = dayIn(at, zone);
  const today = dayIn(now, zone);
  const ahead = Math.round((Date.parse(day) - Date.parse(today)) / 86_400_000);
  const named = Math.abs(ahead) <= 1 ? dayNames.format(ahead, "day") : undefined;
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  return `${named ?? (sameYear ? date : dateWithYear).format(moment)}, ${clock.format(moment)}`;
}

/** "Monday 23 November 2026 at 14:05:09 CET" */
export function exactTime(at: string, zone: string): string {
  return formattersFor(zone).exact.format(new Date(at));
}

/** The calendar day of a moment: "2026-11-23". */
function dayIn(at: string, zone: string): string {
  // All that a server writes is in UTC, where no formatter is needed.
  if (zone === "UTC") return new Date(at).toISOString().slice(0, 10);
  const parts = formattersFor(zone).parts.formatToParts(new Date(at));
  const { year, month, day } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${year}-${month}-${day}`;
}

function formattersFor(zone: string): Formatters {
  const known = formattersOf.get(zone);
  if (known) return known;
  const made = Object.fromEntries(
    Object.entries(styles).map(([name, style]) => [
      name,
      new Intl.DateTimeFormat("en-GB", { ...style, timeZone: zone }),
    ]),
  ) as Formatters;
  formattersOf.set(zone, made);
  return made;
}
