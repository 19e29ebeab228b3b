import { median, quantile } from "./statistics.ts";

export type Cell = string | number | undefined;

/** A Markdown table: names stand to the left, figures to the right. */
export function formatTable(columns: readonly string[], rows: readonly (readonly Cell[])[], names = 1): string {
  const cells = [columns, ...rows.map((row) => row.map(formatCell))];
  const widths = columns.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => {
    const padded = widths.map((width, column) => {
      const text = row[column] ?? "";
      return column < names ? text.padEnd(width) : text.padStart(width);
    });
    return `| ${padded.join(" | ")} |`;
  });
  const rule = widths.map((width, column) => (column < names ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [lines[0], `| ${rule.join(" | ")} |`, ...lines.slice(1)].join("\n");
}

function formatCell(cell: Cell): string {
  if (cell === undefined || Number.isNaN(cell)) return "–";
  return typeof cell === "string" ? cell : formatNumber(cell);
}

/** Three digits that count, as far as there are so many. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(size >= 10 ? 1 : 2);
}

/** The median of the rounds, and the quartiles between which half of them lie. */
export function formatSpread(values: readonly number[]): string {
  const [from, to] = [quantile(values, 0.25), quantile(values, 0.75)];
  return `${formatNumber(median(values))} (${formatNumber(from)}–${formatNumber(to)})`;
}
