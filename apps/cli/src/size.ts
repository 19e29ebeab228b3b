const units = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** Says a number of bytes in units of a thousand: "999 bytes", "1.2 kB", "25 MB". */
export function saySize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const text = unit > 0 && size < 10 ? size.toFixed(1).replace(/\.0$/, "") : String(Math.round(size));
  return `${text} ${bytes === 1 ? "byte" : units[unit]}`;
}
