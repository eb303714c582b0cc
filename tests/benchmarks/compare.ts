import type { Table } from "./measure";

/** Most that a figure may differ from the committed one without failing the check. */
const TOLERANCE = 0.01;

/** Every difference in words, and whether any of them is too large or a row has come or gone. */
export function compare({ committed, measured }: { committed: Table; measured: Table }): {
  lines: string[];
  failed: boolean;
} {
  const lines: string[] = [];
  let failed = false;
  for (const name of new Set([...Object.keys(committed), ...Object.keys(measured)])) {
    const [before, after] = [committed[name], measured[name]];
    if (before === undefined || after === undefined) {
      lines.push(
        `${name}: ${before === undefined ? "not in the committed table" : "not measured"}`,
      );
      failed = true;
      continue;
    }
    const fields = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<
      keyof typeof before
    >;
    for (const field of fields) {
      const [was, is] = [before[field] ?? 0, after[field] ?? 0];
      if (was === is) continue;
      lines.push(`${name}.${field}: committed ${was}, measured ${is}`);
      if (Math.abs(is - was) > TOLERANCE * was) failed = true;
    }
  }
  return { lines, failed };
}
