const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

type Unit = (typeof units)[number][0];

/** One for each unit, made once: a new formatter costs more than all that it formats here. */
const formatters = Object.fromEntries(
  units.map(([unit]) => [
    unit,
    new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long", useGrouping: false }),
  ]),
) as Record<Unit, Intl.NumberFormat>;

/** A life time as people say it: "15 minutes", "30 days", "90 seconds". In the largest unit that it is whole in. */
export function wholeDuration(seconds: number): string {
  const [unit, length] = units.find(([, size]) => seconds >= size && seconds % size === 0) ?? units[3];
  return amount(Math.floor(seconds / length), unit);
}

/** What is left of one, in its two largest units: "14 minutes 32 seconds", "29 days 23 hours". Never less than 0. */
export function remainingDuration(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  const at = units.findIndex(([, size]) => left >= size);
  const [unit, length] = units[at] ?? units[3];
  const next = at === -1 ? undefined : units[at + 1];
  const whole = amount(Math.floor(left / length), unit);
  return next ? `${whole} ${amount(Math.floor((left % length) / next[1]), next[0])}` : whole;
}

/** "1 second", "90 seconds" */
function amount(count: number, unit: Unit): string {
  return formatters[unit].format(count);
}
