import { listTargets, type Target, type Targets } from "@pinfi/sdk";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import fc from "fast-check";
import {
  type Cover,
  createCover,
  type KeptVoucher,
} from "../src/programs/streams/vouchers/best-vouchers";

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

const ids = (cover: Cover): string[] => [...cover.kept.keys()];
const shape = (cover: Cover) => ({
  kept: [...cover.kept.keys()].sort(),
  best: [...cover.best].sort(([a], [b]) => a - b),
});

describe("keeper / voucher selection", () => {
  it("replaces an older voucher that is matched on every line", () => {
    const cover = createCover();
    cover.offer(dense("old", 0, 5n, 5n), nothing);
    const change = cover.offer(dense("new", 0, 5n, 6n), nothing);
    assert.deepEqual(change?.dropped, ["old"]);
    assert.deepEqual(ids(cover), ["new"]);
  });

  it("keeps both where each is better on some line", () => {
    const cover = createCover();
    cover.offer(dense("a", 0, 9n, 1n), nothing);
    cover.offer(dense("b", 0, 1n, 9n), nothing);
    assert.deepEqual(ids(cover), ["a", "b"]);
    assert.deepEqual(cover.best.get(0), { cumulative: 9n, id: "a" });
    assert.deepEqual(cover.best.get(1), { cumulative: 9n, id: "b" });
  });

  it("drops several at once when one covers them all", () => {
    const cover = createCover();
    cover.offer(sparse("a", { line: 0, cumulative: 3n }), nothing);
    cover.offer(sparse("b", { line: 1, cumulative: 3n }), nothing);
    const change = cover.offer(dense("c", 0, 3n, 3n, 1n), nothing);
    assert.deepEqual(change?.dropped, ["a", "b"]);
  });

  it("takes nothing that brings nothing: a duplicate, a lower one, one below the chain", () => {
    const cover = createCover();
    const first = dense("a", 0, 5n);
    assert.isDefined(cover.offer(first, nothing));
    assert.isUndefined(cover.offer(first, nothing));
    assert.isUndefined(cover.offer(dense("b", 0, 4n), nothing));
    assert.isUndefined(cover.offer(dense("c", 0, 8n), () => 8n));
    assert.deepEqual(ids(cover), ["a"]);
  });

  it("counts the last entry of a line that is named twice", () => {
    const cover = createCover();
    const entries = [
      { line: 0, cumulative: 2n },
      { line: 0, cumulative: 7n },
      { line: 0, cumulative: 3n },
    ];
    cover.offer(sparse("a", ...entries), nothing);
    assert.equal(cover.best.get(0)?.cumulative, 7n);
  });

  it("lets go of what the chain has recorded", () => {
    const cover = createCover();
    cover.offer(sparse("a", { line: 0, cumulative: 3n }), nothing);
    cover.offer(sparse("b", { line: 1, cumulative: 3n }), nothing);
    const over = cover.covered((line) => (line === 0 ? 3n : 2n));
    assert.deepEqual(over, ["a"]);
    cover.drop(over);
    assert.deepEqual(shape(cover), { kept: ["b"], best: [[1, { cumulative: 3n, id: "b" }]] });
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
        const cover = createCover();
        const best = new Map<number, bigint>();
        for (const [index, targets] of all.entries()) {
          cover.offer(kept(String(index), targets), nothing);
          for (const { line, cumulative } of listTargets(targets)) {
            if (cumulative > (best.get(line) ?? 0n)) best.set(line, cumulative);
          }
        }
        const held = new Map([...cover.best].map(([line, entry]) => [line, entry.cumulative]));
        assert.deepEqual(
          [...held].sort(([a], [b]) => a - b),
          [...best].sort(([a], [b]) => a - b),
        );
        const holders = new Set([...cover.best.values()].map(({ id }) => id));
        assert.deepEqual([...holders].sort(), [...cover.kept.keys()].sort());
        for (const [line, { cumulative, id }] of cover.best) {
          const targets = cover.kept.get(id)?.voucher.targets as Targets;
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
          const cover = createCover();
          for (const [index, targets] of all.entries()) {
            cover.offer(kept(String(index), targets), nothing);
          }
          const before = shape(cover);
          cover.offer(kept("last", last), nothing)?.undo();
          assert.deepEqual(shape(cover), before);
        },
      ),
    );
  });
});
