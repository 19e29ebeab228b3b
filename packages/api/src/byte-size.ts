const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Made once: a new formatter costs more than all that it formats. The first of a unit shows no digit after the point. */
const formatters = units.map((unit) =>
  [0, 1].map(
    (maximumFractionDigits) =>
      new Intl.NumberFormat("en", {
        style: "unit",
        unit,
        unitDisplay: unit === "byte" ? "long" : "short",
        maximumFractionDigits,
      }),
  ),
);

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
  // 9.96 is said as 10, which has no digit after the point either.
  const digits = unit > 0 && amount < 9.95 ? 1 : 0;
  return formatters[unit]?.[digits]?.format(amount) ?? "";
}

/** Says each byte of it: "1 byte", "1,410,065 bytes". */
export function exactByteSize(bytes: number): string {
  return formatters[0]?.[0]?.format(bytes) ?? "";
}
