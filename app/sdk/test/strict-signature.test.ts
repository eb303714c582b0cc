import { ed25519 } from "@noble/curves/ed25519";
import { sha512 } from "@noble/hashes/sha2";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { libsodium } from "../../keeper/src/programs/streams/bulk/crypto";
import { type Cluster, startCluster } from "../examples/cluster";
import { isStrictSignature } from "../src/crypto/ed25519";
import { type Engine, native, portable } from "../src/crypto/engines";
import * as sdk from "../src/streams";
import { key } from "./builders";

/** All that verify vouchers here, the keeper's included. */
const engines = [portable, native as Engine, libsodium];

const { Point } = ed25519;
const ORDER = Point.CURVE().n;
/** A point of order 8: eight times it is nothing. */
const TORSION = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const NOTHING = Point.ZERO;

const domain = new Uint8Array(32).fill(9);
const targetsOf = (total: number): sdk.Targets => ({
  kind: "dense",
  start: 0,
  cumulative: [BigInt(total)],
});

function bytesOf(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) =>
    Number((value >> BigInt(8 * index)) & 0xffn),
  );
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}

type PointOf = typeof NOTHING;

/** A signature by the book, except for points added to key and nonce and a number to the scalar. */
function forge(
  total: number,
  {
    onKey = NOTHING,
    onNonce = NOTHING,
    onScalar = 0n,
  }: { onKey?: PointOf; onNonce?: PointOf; onScalar?: bigint },
): sdk.Voucher {
  const [secret, nonceSecret] = [77n, 1_234n + BigInt(total)];
  const publicKey = Point.BASE.multiply(secret).add(onKey).toBytes();
  const nonce = Point.BASE.multiply(nonceSecret).add(onNonce).toBytes();
  const targets = targetsOf(total);
  const message = sdk.voucherMessage({ domain, targets });
  const hash = sha512(Buffer.concat([nonce, publicKey, message]));
  const scalar = ((nonceSecret + numberOf(hash) * secret) % ORDER) + onScalar;
  const signature = Uint8Array.from([...nonce, ...bytesOf(scalar)]);
  return { book: key(50), targets, signer: new PublicKey(publicKey), signature };
}

describe("sdk / verifyVoucher against the chain's ed25519 program", () => {
  let cluster: Cluster;
  before(() => {
    cluster = startCluster();
  });

  /** What the chain says: only its ed25519 instruction is of interest, so nothing is settled. */
  function chainAccepts(voucher: sdk.Voucher): boolean {
    const settles = [{ book: voucher.book, domain, voucher }];
    const { failure } = cluster.send(sdk.settleInstructions({ settles, firstIndex: 0 }));
    if (failure?.kind !== "instruction") throw new Error("settling on no book must fail");
    return failure.index === 1;
  }

  const lax = ({ signer, signature, targets }: sdk.Voucher): boolean =>
    ed25519.verify(signature, sdk.voucherMessage({ domain, targets }), signer.toBytes());

  function strict({ targets, signer, signature }: sdk.Voucher, engine: Engine): boolean {
    const message = sdk.voucherMessage({ domain, targets });
    return isStrictSignature({ message, publicKey: signer.toBytes(), signature }, engine);
  }

  const totals = Array.from({ length: 16 }, (_, total) => total + 1);
  const agree = (vouchers: sdk.Voucher[]) => {
    const ours = vouchers.map((voucher) => sdk.verifyVoucher({ domain, voucher }));
    expect(ours).to.deep.equal(vouchers.map(chainAccepts));
    for (const engine of engines) {
      const again = vouchers.map((voucher) => strict(voucher, engine));
      expect(again).to.deep.equal(ours);
    }
    return ours;
  };

  it("accepts honest signatures", () => {
    const vouchers = totals.map((total) => forge(total, {}));
    expect(agree(vouchers)).to.deep.equal(totals.map(() => true));
  });

  it("refuses a nonce with a point of small order, which a lax verifier takes", () => {
    const vouchers = totals.map((total) => forge(total, { onNonce: TORSION }));
    expect(vouchers.every(lax)).to.equal(true);
    expect(agree(vouchers)).to.deep.equal(totals.map(() => false));
  });

  it("takes from a key with a point of small order what the chain takes, one in eight", () => {
    const vouchers = totals.map((total) => forge(total, { onKey: TORSION }));
    expect(vouchers.every(lax)).to.equal(true);
    const accepted = agree(vouchers).filter(Boolean);
    expect(accepted.length).to.be.below(totals.length / 2);
  });

  it("refuses a scalar beyond the order", () => {
    const vouchers = totals.map((total) => forge(total, { onScalar: ORDER }));
    expect(agree(vouchers)).to.deep.equal(totals.map(() => false));
  });

  it("refuses a key, a nonce and both that are of small order", () => {
    const honest = forge(1, {});
    const points = [NOTHING];
    for (let index = 1; index < 8; index++) points.push((points.at(-1) ?? NOTHING).add(TORSION));
    const vouchers = points.flatMap((point) => {
      const small = point.toBytes();
      const signer = new PublicKey(small);
      const withNonce = Uint8Array.from([...small, ...honest.signature.subarray(32)]);
      const nothing = Uint8Array.from([...small, ...new Uint8Array(32)]);
      return [
        { ...honest, signer },
        { ...honest, signature: withNonce },
        { ...honest, signer, signature: nothing },
      ];
    });
    expect(new Set(points.map((point) => point.toHex())).size).to.equal(8);
    expect(agree(vouchers)).to.deep.equal(vouchers.map(() => false));
  });

  it("signs alike with every engine", () => {
    const seed = new Uint8Array(32).fill(7);
    const message = sdk.voucherMessage({ domain, targets: targetsOf(1) });
    const signatures = engines.map((engine) => engine.sign(message, seed));
    expect(signatures).to.deep.equal(engines.map(() => portable.sign(message, seed)));
  });

  it("refuses bytes that are no points", () => {
    const honest = forge(1, {});
    const beyondPrime = new Uint8Array(32).fill(0xff);
    const vouchers = [
      { ...honest, signer: new PublicKey(beyondPrime) },
      { ...honest, signature: Uint8Array.from([...beyondPrime, ...honest.signature.subarray(32)]) },
      { ...honest, signature: new Uint8Array(64) },
    ];
    expect(agree(vouchers)).to.deep.equal([false, false, false]);
  });
});
