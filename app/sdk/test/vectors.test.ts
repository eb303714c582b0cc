import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "chai";
import * as counters from "../src/math/beats/counters";
import { drawSeats } from "../src/math/beats/seats";
import { slotAt, stageOf } from "../src/math/beats/time";
import * as uptime from "../src/math/beats/uptime";
import { BITMAP_BYTES, distance, verdictOf } from "../src/math/beats/verdict";
import { feeBetweenUp, feeUp } from "../src/math/fee";
import { accruedBy, earned } from "../src/math/line";
import { indexStepDown, received, wholeDown } from "../src/math/pool";
import { shareBetweenDown, shareDown } from "../src/math/share";
import { accrued, secondsUntilDryUp } from "../src/math/stream";

const FOLDER = resolve(__dirname, "../../../tests/vectors");

type Value = string | number | boolean | null;
type Case = Record<string, Value | Value[] | Record<string, Value>[]>;

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

/** The named fields of a case as numbers; throws when the file has another shape. */
function numbers<K extends string>(entry: Case, ...names: K[]): Record<K, number> {
  const values = names.map((name) => {
    const value = entry[name];
    if (typeof value !== "number") throw new Error(`${name} is ${String(value)}, not a number`);
    return [name, value] as const;
  });
  return Object.fromEntries(values) as Record<K, number>;
}

/** A list of integers as bigint. */
const list = (entry: Case, name: string): bigint[] =>
  (entry[name] as string[]).map((value) => BigInt(value));

/** A bitmap that says *down* but for one word, which is `bits`. */
function bitmapOf(word: number, bits: bigint): Uint8Array {
  const bitmap = Buffer.alloc(BITMAP_BYTES, 0xff);
  bitmap.writeBigUInt64LE(bits, word * 8);
  return bitmap;
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
  "beats-time": (entry) => {
    const { now, slot } = amounts(entry, "now", "slot");
    const running = slotAt(now);
    return { running: running.toString(), stage: stageOf({ slot, running }) };
  },
  "beats-counters": (entry) => {
    const ring = entry.ring === "months" ? counters.MONTHS : counters.DAYS;
    const { before, after, window } = amounts(entry, "before", "after", "window");
    const { begin, end, unknown } = numbers(entry, "begin", "end", "unknown");
    const { first, last } = counters.begun(ring, { before, after });
    const period = counters.periodOf(ring, before);
    return {
      first: first.toString(),
      last: last.toString(),
      period: period.toString(),
      absent: counters.absent(ring, { period, running: after }).toString(),
      known: counters.knownFrom({ slot: window, next: after }).toString(),
      excused: counters.excused({ missedBegin: begin, missedEnd: end, unknown }),
    };
  },
  "beats-uptime": (entry) => {
    const month = numbers(entry, "uptime", "judged", "missed");
    return {
      counts: uptime.counts(month.judged),
      eligible: uptime.isEligible(month.missed),
      folded: uptime.foldDown(month),
    };
  },
  "beats-verdict": (entry) => {
    const { word } = numbers(entry, "word");
    const reports = list(entry, "reports").map((bits) => bitmapOf(word, bits));
    const verdict = verdictOf(reports);
    if (!verdict) throw new Error("void");
    return {
      verdict: Buffer.from(verdict)
        .readBigUInt64LE(word * 8)
        .toString(),
      distance: distance(reports[0] as Uint8Array, verdict),
    };
  },
  "beats-seats": (entry) => {
    const roster = (entry.roster as Record<string, Value>[]).map(({ operator, stake }) => ({
      operator: String(operator),
      stake: BigInt(stake as string),
    }));
    const random = list(entry, "random");
    const taken: bigint[] = [];
    const seats = drawSeats(roster, () => {
      taken.push(random[taken.length] as bigint);
      return taken[taken.length - 1] as bigint;
    });
    return { seats, random: taken.map(String) };
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

describe("sdk / verdicts", () => {
  it("are void with fewer than four opened reports", () => {
    const down = bitmapOf(0, 1n);
    expect(verdictOf([down, down, down])).to.equal(null);
    expect(verdictOf([down, down, down, down])).to.deep.equal(new Uint8Array(down));
  });
});
