const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/**
 * Says a number of bytes: "1 byte", "1.4 kB", "25 MB". The only such words in the pages and in the command, so that one
 * quota has one size. Units of a thousand, as the International System has them; one digit after the point below ten.
 */
export function byteSize(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat("en", {
    style: "unit",
    unit: units[unit],
    unitDisplay: unit === 0 ? "long" : "short",
    // 9.96 is said as 10, which has no digit after the point either.
    maximumFractionDigits: unit > 0 && amount < 9.95 ? 1 : 0,
  }).format(amount);
}
