import { BN, BorshInstructionCoder, type Idl } from "@coral-xyz/anchor";
import { assert } from "chai";
import { describeSigned } from "../../harness/describe";
import { readIdl } from "../../harness/programs";
import { TransactionRefused } from "../../harness/refused";
import { altered } from "../../kit/bits";
import { assertConserved } from "../conservation";
import { CALLS } from "../honest-calls";
import { startScenario } from "../scenario";

const idl = readIdl("streams");
const coder = new BorshInstructionCoder(idl);

/** Ends of each type's range, and what lies beside them. */
const ENDS: Record<string, (BN | number)[]> = {
  u16: [0, 1, 65_534, 65_535],
  u32: [0, 1, 2 ** 32 - 2, 2 ** 32 - 1],
  u64: [0n, 1n, 2n ** 63n, 2n ** 64n - 2n, 2n ** 64n - 1n].map((value) => new BN(String(value))),
  i64: [-(2n ** 63n), -1n, 0n, 1n, 2n ** 63n - 1n].map((value) => new BN(String(value))),
};

/** Vouchers are signed, so that their numbers cannot be changed: settle.test.ts tries theirs. */
const SIGNED = ["settle", "settle_many"];

type Arg = Idl["instructions"][number]["args"][number];

/** Numbers among the arguments of an instruction; `path` leads to them. */
function numbersOf(args: readonly Arg[], path: readonly string[] = []): [string[], string][] {
  return args.flatMap(({ name, type }): [string[], string][] => {
    if (typeof type === "string") return type in ENDS ? [[[...path, name], type]] : [];
    if (!("defined" in type)) return [];
    const struct = idl.types?.find((one) => one.name === type.defined.name)?.type;
    const fields = struct?.kind === "struct" ? (struct.fields ?? []) : [];
    return numbersOf(fields as Arg[], [...path, name]);
  });
}

// Settles are among what comes before, so on the machine that verifies.
describeSigned("streams / every number at the ends of its range (B01)", (start) => {
  for (const { name, args } of idl.instructions) {
    const numbers = SIGNED.includes(name) ? [] : numbersOf(args);
    for (const [path, type] of numbers) {
      it(`${name} takes each as ${path.at(-1)}, or refuses it by a named error`, async () => {
        const { stage = "funded", prepare, instructions } = CALLS[name] ?? assert.fail(name);
        const ends = ENDS[type] ?? [];
        const tried = new Set<string>();
        for (const value of ends) {
          const streams = await startScenario(start, { stage, feeBps: 100 });
          await prepare?.(streams);
          const honest = (await instructions(streams)).at(-1) ?? assert.fail("nothing to call");
          const { data = {} } = coder.decode(honest.data) ?? {};
          const given = data as Record<string, unknown>;
          const [field = "", inside] = path;
          if (inside === undefined) given[field] = value;
          else (given[field] as Record<string, unknown>)[inside] = value;
          const sent = altered(honest, () => coder.encode(name, given));
          tried.add(sent.data.toString("hex"));
          try {
            await streams.send([sent]);
            await assertConserved(streams, 0n);
          } catch (error) {
            if (!(error instanceof TransactionRefused)) throw error;
            const { failure, errorName, changes } = error;
            // What wraps or panics ends in the runtime's error, which has no code.
            assert.isTrue(failure.kind === "instruction" && failure.code !== undefined, errorName);
            assert.notMatch(errorName, /:/, "a code without a name");
            assert.deepEqual(changes, []);
          }
        }
        assert.equal(tried.size, ends.length, "each value was sent");
      });
    }
  }
});
