/**
 * A Markdown table with columns of equal width, as the formatter has them. The head row says how
 * many there are; names stand to the left, figures to the right.
 */
export function aligned(
  rows: readonly string[][],
  figures = (column: number) => column > 0,
): string[] {
  const [head = []] = rows;
  const widths = head.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0), 3),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const [top = "", ...body] = rows.map((row) =>
    line(
      widths.map((width, column) =>
        figures(column) ? (row[column] ?? "").padStart(width) : (row[column] ?? "").padEnd(width),
      ),
    ),
  );
  const rule = widths.map((width, column) =>
    figures(column) ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  return [top, line(rule), ...body];
}
