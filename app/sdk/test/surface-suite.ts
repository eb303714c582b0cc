import { createContext, runInContext } from "node:vm";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import * as core from "../src";
import { key } from "./builders";
import type { Sample } from "./surface-values";

/** What stands in the place of each part of good arguments, one after the other. */
const WRONG: readonly unknown[] = [
  undefined,
  null,
  true,
  1.5,
  -1,
  Number.NaN,
  "x",
  "\ud800",
  1n,
  -1n,
  2n ** 200n,
  Symbol("x"),
  () => 1,
  [],
  [null],
  {},
  Object.create(null),
  new Uint8Array(3),
  new Date(0),
  key(9),
];

/** Kinds of values between which no function may be lenient. */
function kindOf(value: unknown): string {
  if (value === null || Array.isArray(value)) return value === null ? "null" : "array";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof PublicKey) return "key";
  return typeof value;
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  ["object", "array"].includes(kindOf(value)) && !(value instanceof AbortSignal);

/** What `defineProgram` has made: its parts are functions of their own. */
const isProgram = (value: unknown): boolean =>
  typeof (value as { decodeEvents?: unknown } | null)?.decodeEvents === "function";

/** Each part of arguments by its path, `0.line.rate`. */
function partsOf(value: unknown, path: readonly string[] = []): [string[], unknown][] {
  const here: [string[], unknown][] = path.length === 0 ? [] : [[[...path], value]];
  if (!isTree(value) || isProgram(value)) return here;
  return [...here, ...Object.keys(value).flatMap((name) => partsOf(value[name], [...path, name]))];
}

/** The arguments with one part replaced; all else is the same object as before. */
function replaced(value: unknown, path: readonly string[], part: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return part;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  (copy as Record<string, unknown>)[name] = replaced(
    (value as Record<string, unknown>)[name],
    rest,
    part,
  );
  return copy;
}

/** What came of a call: a value, a refusal in the SDK's own words, or an error of another kind. */
async function outcome({ run }: Sample, args: unknown[]): Promise<string> {
  try {
    await (run as (...args: unknown[]) => unknown)(...args);
    return "done";
  } catch (error) {
    if (error instanceof core.PinFiError) {
      expect(error.code).to.match(/^[A-Z_]+$/);
      expect(error.message).to.not.equal("");
      return "refused";
    }
    return String(error instanceof Error ? `${error.name}: ${error.message}` : error);
  }
}

/** Whether a wrong value in the place of a good one must be refused. */
function mustRefuse(sample: Sample, path: string, good: unknown, wrong: unknown): boolean {
  const { optional = [], nullable = [], anything = [] } = sample;
  if (anything.some((root) => path === root || path.startsWith(`${root}.`))) return false;
  if (wrong === undefined && optional.includes(path)) return false;
  if (wrong === null && nullable.includes(path)) return false;
  // An account may be its bytes alone; the options of packing a format alone; a key has bytes.
  return kindOf(good) !== kindOf(wrong) && kindOf(wrong) !== "key" && kindOf(wrong) !== "bytes";
}

/** Functions of a module, and the methods of the programs it exports, by name. */
export function functionsOf(
  exported: Readonly<Record<string, unknown>>,
  errors: readonly string[] = [],
): string[] {
  return Object.entries(exported).flatMap(([name, value]): string[] => {
    if (typeof value === "function") return errors.includes(name) ? [] : [name];
    if (typeof value !== "object" || value === null || name.endsWith("_IDL")) return [];
    return Object.entries(value)
      .filter(([, part]) => typeof part === "function")
      .map(([part]) => `${name}.${part}`);
  });
}

/** Tests, inside a `describe`, of functions by good arguments: whatever is wrong is said, and is no crash. */
export function itRefusesWrongInput(samples: Readonly<Record<string, Sample>>): void {
  for (const [name, sample] of Object.entries(samples)) {
    describe(name, () => {
      const { args } = sample;

      it("W17 takes the arguments of the table", async () => {
        expect(await outcome(sample, args)).to.equal("done");
      });

      it("W17 answers wrong input with a PinFiError, wherever it stands", async () => {
        const lenient: string[] = [];
        for (const [path, good] of partsOf(args)) {
          for (const wrong of WRONG) {
            const found = await outcome(sample, replaced(args, path, wrong) as unknown[]);
            const where = `${path.join(".")} = ${kindOf(wrong)} ${String(Object(wrong).constructor?.name)}`;
            expect(found, where).to.be.oneOf(["done", "refused"]);
            const refuse = mustRefuse(sample, path.join("."), good, wrong);
            if (refuse && found === "done") lenient.push(where);
          }
        }
        expect(lenient).to.deep.equal([]);
      });

      it("W17 takes byte arrays of another realm", async () => {
        const realm = createContext({});
        for (const [path, good] of partsOf(args)) {
          if (!(good instanceof Uint8Array)) continue;
          const foreign = runInContext(`new Uint8Array(${good.length})`, realm) as Uint8Array;
          foreign.set(good);
          expect(foreign instanceof Uint8Array).to.equal(false);
          const call = sample.run as (...args: unknown[]) => unknown;
          const want = await call(...args);
          const got = await call(...(replaced(args, path, foreign) as unknown[]));
          expect(plainBytes(got), path.join(".")).to.deep.equal(plainBytes(want));
        }
      });
    });
  }
}

/** With byte arrays of any realm and functions as text, so that results can be compared. */
function plainBytes(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Buffer.from(value as Uint8Array).toString("hex");
  if (value instanceof PublicKey) return value.toBase58();
  if (typeof value === "function") return "function";
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plainBytes);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plainBytes(part)]));
}
