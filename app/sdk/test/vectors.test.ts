import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "chai";
import { feeBetweenUp, feeUp } from "../src/math/fee";
import { accruedBy, earned } from "../src/math/line";
import { indexStepDown, received, wholeDown } from "../src/math/pool";
import { shareBetweenDown, shareDown } from "../src/math/share";
import { accrued, secondsUntilDryUp } from "../src/math/stream";

const FOLDER = resolve(__dirname, "../../../tests/vectors");

type Case = Record<string, string | number | null>;

/** Cases as `programs/math` wrote them; integers are decimal strings, null is "never". */
function read(name: string): Case[] {
  const path = resolve(FOLDER, `${name}.json`);
  if (!existsSync(path)) {
    const write = "PINFI_WRITE_VECTORS=1 cargo test -p pinfi-math --test vectors";
    throw new Error(`tests/vectors/${name}.json is missing: ${write}`);
  }
  return JSON.parse(readFileSync(path, "utf8"));
}

/** The named fields of a case as bigint; throws when the file has another shape. */
function amounts<K extends string>(entry: Case, ...names: K[]): Record<K, bigint> {
  const values = names.map((name) => {
    const value = entry[name];
    if (typeof value !== "string") throw new Error(`${name} is ${String(value)}, not a string`);
    return [name, BigInt(value)] as const;
  });
  return Object.fromEntries(values) as Record<K, bigint>;
}

/** What the twin answers, by the names that the file gives to the answers. */
const TWINS: Record<string, (entry: Case) => Case> = {
  "stream-accrued": (entry) => {
    const expected = accrued(amounts(entry, "rate", "from", "to", "cap"));
    return { expected: expected.toString() };
  },
  "stream-dry-up": (entry) => {
    const expected = secondsUntilDryUp(amounts(entry, "rate", "left"));
    return { expected: expected?.toString() ?? null };
  },
  "line-accrued-by": (entry) => {
    const line = amounts(entry, "rate", "from", "to", "deposit", "accrued", "vouched");
    return { expected: accruedBy(line).toString(), earned: earned(line).toString() };
  },
  "fee-between": (entry) => {
    const { before, after } = amounts(entry, "before", "after");
    const bps = entry.bps as number;
    return {
      fee: feeUp(after, bps).toString(),
      between: feeBetweenUp({ before, after, bps }).toString(),
    };
  },
  "pool-index": (entry) => {
    const { held, ...division } = amounts(entry, "amount", "carried", "units", "held");
    const { step, left } = indexStepDown(division);
    const got = received({ units: held, from: 0n, to: step });
    return {
      step: step.toString(),
      left: left.toString(),
      received: got.toString(),
      whole: wholeDown(got).toString(),
    };
  },
  "share-between": (entry) => {
    const { before, after } = amounts(entry, "before", "after");
    const bps = entry.bps as number;
    return {
      share: shareDown(after, bps).toString(),
      between: shareBetweenDown({ before, after, bps }).toString(),
    };
  },
};

describe("sdk / twins of programs/math", () => {
  for (const [name, twin] of Object.entries(TWINS)) {
    it(`give the answers of ${name}`, () => {
      const cases = read(name);
      expect(cases.length).to.be.at.least(100);
      for (const entry of cases) expect({ ...entry, ...twin(entry) }).to.deep.equal(entry);
    });
  }
});
