const units = ["bytes", "KB", "MB", "GB", "TB"] as const;

/** A size as people say it: "25 MB", "1.4 KB", "1 byte". 1 KB is 1,024 bytes, as file managers count. */
export function byteSize(bytes: number): string {
  if (bytes === 1) return "1 byte";
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  const digits = power > 0 && amount < 10 ? 1 : 0;
  return `${amount.toLocaleString("en", { maximumFractionDigits: digits })} ${units[power]}`;
}
