import { listTargets, type Target, type Targets } from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import fc from "fast-check";
import {
  createSelection,
  type KeptVoucher,
  type Selection,
} from "../src/programs/streams/vouchers/selection";

const { publicKey } = Keypair.fromSeed(Buffer.alloc(32, 1));
const nothing = (): bigint => 0n;

function kept(id: string, targets: Targets): KeptVoucher {
  const signature = new Uint8Array(64);
  return {
    id,
    voucher: { book: publicKey, signer: publicKey, targets, signature },
    receivedAtMs: 0,
  };
}

const dense = (id: string, start: number, ...cumulative: bigint[]): KeptVoucher =>
  kept(id, { kind: "dense", start, cumulative });
const sparse = (id: string, ...entries: Target[]): KeptVoucher =>
  kept(id, { kind: "sparse", entries });

const ids = (selection: Selection): string[] => [...selection.kept.keys()];
const shape = (selection: Selection) => ({
  kept: [...selection.kept.keys()].sort(),
  best: [...selection.best].sort(([a], [b]) => a - b),
});

describe("keeper / voucher selection", () => {
  it("replaces an older voucher that is matched on every line", () => {
    const selection = createSelection();
    selection.offer(dense("old", 0, 5n, 5n), nothing);
    const change = selection.offer(dense("new", 0, 5n, 6n), nothing);
    assert.deepEqual(change?.dropped, ["old"]);
    assert.deepEqual(ids(selection), ["new"]);
  });

  it("keeps both where each is better on some line", () => {
    const selection = createSelection();
    selection.offer(dense("a", 0, 9n, 1n), nothing);
    selection.offer(dense("b", 0, 1n, 9n), nothing);
    assert.deepEqual(ids(selection), ["a", "b"]);
    assert.deepEqual(selection.best.get(0), { cumulative: 9n, id: "a" });
    assert.deepEqual(selection.best.get(1), { cumulative: 9n, id: "b" });
  });

  it("drops several at once when one covers them all", () => {
    const selection = createSelection();
    selection.offer(sparse("a", { line: 0, cumulative: 3n }), nothing);
    selection.offer(sparse("b", { line: 1, cumulative: 3n }), nothing);
    const change = selection.offer(dense("c", 0, 3n, 3n, 1n), nothing);
    assert.deepEqual(change?.dropped, ["a", "b"]);
  });

  it("takes nothing that brings nothing: a duplicate, a lower one, one below the chain", () => {
    const selection = createSelection();
    const first = dense("a", 0, 5n);
    assert.isDefined(selection.offer(first, nothing));
    assert.isUndefined(selection.offer(first, nothing));
    assert.isUndefined(selection.offer(dense("b", 0, 4n), nothing));
    assert.isUndefined(selection.offer(dense("c", 0, 8n), () => 8n));
    assert.deepEqual(ids(selection), ["a"]);
  });

  it("counts the last entry of a line that is named twice", () => {
    const selection = createSelection();
    const entries = [
      { line: 0, cumulative: 2n },
      { line: 0, cumulative: 7n },
      { line: 0, cumulative: 3n },
    ];
    selection.offer(sparse("a", ...entries), nothing);
    assert.equal(selection.best.get(0)?.cumulative, 7n);
  });

  it("lets go of what the chain has recorded", () => {
    const selection = createSelection();
    selection.offer(sparse("a", { line: 0, cumulative: 3n }), nothing);
    selection.offer(sparse("b", { line: 1, cumulative: 3n }), nothing);
    const over = selection.superfluous((line) => (line === 0 ? 3n : 2n));
    assert.deepEqual(over, ["a"]);
    selection.drop(over);
    assert.deepEqual(shape(selection), { kept: ["b"], best: [[1, { cumulative: 3n, id: "b" }]] });
  });

  const anyTargets = fc.oneof(
    fc.record({
      kind: fc.constant("dense" as const),
      start: fc.nat(5),
      cumulative: fc.array(fc.bigInt(0n, 9n), { minLength: 1, maxLength: 5 }),
    }),
    fc.record({
      kind: fc.constant("sparse" as const),
      entries: fc.array(fc.record({ line: fc.nat(8), cumulative: fc.bigInt(0n, 9n) }), {
        minLength: 1,
        maxLength: 5,
      }),
    }),
  );

  it("always holds every line's best, and no voucher that holds none", () => {
    fc.assert(
      fc.property(fc.array(anyTargets, { maxLength: 30 }), (all) => {
        const selection = createSelection();
        const best = new Map<number, bigint>();
        for (const [index, targets] of all.entries()) {
          selection.offer(kept(String(index), targets), nothing);
          for (const { line, cumulative } of listTargets(targets)) {
            if (cumulative > (best.get(line) ?? 0n)) best.set(line, cumulative);
          }
        }
        const found = [...selection.best].map(
          ([line, { cumulative }]) => [line, cumulative] as const,
        );
        assert.deepEqual(
          found.sort(([a], [b]) => a - b),
          [...best].sort(([a], [b]) => a - b),
        );
        const holders = new Set([...selection.best.values()].map(({ id }) => id));
        assert.deepEqual([...holders].sort(), [...selection.kept.keys()].sort());
        for (const [line, { cumulative, id }] of selection.best) {
          const targets = selection.kept.get(id)?.voucher.targets as Targets;
          assert.isTrue(
            listTargets(targets).some((t) => t.line === line && t.cumulative === cumulative),
          );
        }
      }),
    );
  });

  it("is as before after an undo", () => {
    fc.assert(
      fc.property(
        fc.array(anyTargets, { minLength: 1, maxLength: 12 }),
        anyTargets,
        (all, last) => {
          const selection = createSelection();
          for (const [index, targets] of all.entries()) {
            selection.offer(kept(String(index), targets), nothing);
          }
          const before = shape(selection);
          selection.offer(kept("last", last), nothing)?.undo();
          assert.deepEqual(shape(selection), before);
        },
      ),
    );
  });
});
