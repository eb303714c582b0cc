/** Most that a figure may differ from the committed one without failing the check. */
const TOLERANCE = 0.01;

/** Every difference in words, and whether any of them is too large or a row has come or gone. */
export function compare<Row extends object>({
  committed,
  measured,
}: {
  committed: Readonly<Record<string, Row>>;
  measured: Readonly<Record<string, Row>>;
}): { lines: string[]; failed: boolean } {
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
    const [past, present] = [numbersOf(before), numbersOf(after)];
    for (const field of new Set([...past.keys(), ...present.keys()])) {
      const [was, is] = [past.get(field) ?? 0, present.get(field) ?? 0];
      if (was === is) continue;
      lines.push(`${name}.${field}: committed ${was}, measured ${is}`);
      if (Math.abs(is - was) > TOLERANCE * was) failed = true;
    }
  }
  return { lines, failed };
}

const numbersOf = (row: object): Map<string, number> => new Map(Object.entries(row));
