/** The colours that were chosen in this browser; without a choice they follow the device. */
export type Theme = "light" | "dark";

/** Of the cookie's name; see `appCookie`. */
export const themeCookie = "theme";

/** A year, in seconds. */
export const themeMaxAge = 31_536_000;

export function asTheme(value: unknown): Theme | undefined {
  return value === "light" || value === "dark" ? value : undefined;
}
