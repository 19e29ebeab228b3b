import { z } from "zod";

export type Unit =
  | "seconds"
  | "days"
  | "bytes"
  | "MB"
  | "characters"
  | "sessions"
  | "mails"
  | "proxies"
  | "threads"
  | "rounds (a power of two)";

/**
 * A whole number in decimal digits: `1e3`, `0x10` and `15m` are rejected, because a reader and a parser may understand them
 * differently. What is rejected is answered with the range and the unit.
 */
export function whole(least: number, most: number, unit?: Unit) {
  const message = `use a whole number${unit === undefined ? "" : ` of ${unit}`} from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
}

/** The settings of an environment, without white space around them; what is then empty is not set. */
export function readValues(
  environment: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, environment[name]?.trim() || undefined]));
}

/** A quoted value comes from a tool that keeps the quotes of an `.env` file, and means what stands between them. */
export function isQuoted(value: string | undefined): boolean {
  return value !== undefined && /^(["'`]).*\1$/s.test(value);
}
