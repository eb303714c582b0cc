import {
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  type Transaction as KitTransaction,
} from "@solana/kit";
import {
  ComputeBudgetProgram,
  SystemProgram,
  TransactionMessage,
  VersionedTransaction,
} from "@solana/web3.js";
import { expect } from "chai";
import * as core from "../src";
import * as sdk from "../src/streams";
import { key, keypair } from "./builders";

const payer = keypair(1);
const blockhash = key(2).toBase58();
const FORMATS: readonly core.TransactionFormat[] = ["v0", "v1"];

const OPTIONS: readonly Omit<sdk.PackOptions, "format">[] = [
  {},
  { limits: true },
  { limits: true, priorityFeeLamports: 9n },
  { verifiedBy: "program" },
  { verifiedBy: "program", limits: true, priorityFeeLamports: 9n },
];

function settleOf(args: { seed: number; lines: number; kind?: "dense" | "sparse" }): sdk.Settle {
  const { seed, lines, kind = "dense" } = args;
  const signer = keypair(100 + (seed % 100));
  const book = sdk.bookAddress({ payer: signer.publicKey, mint: key(3), id: seed });
  const domain = new Uint8Array(32).fill(seed % 256);
  const targets: sdk.Targets =
    kind === "dense"
      ? { kind, start: 0, cumulative: new Array<bigint>(lines).fill(5n) }
      : { kind, entries: Array.from({ length: lines }, (_, line) => ({ line, cumulative: 5n })) };
  return { book, domain, voucher: sdk.signVoucher({ domain, book, targets, signer }) };
}

const several = (count: number, lines: number) =>
  Array.from({ length: count }, (_, seed) => settleOf({ seed, lines }));

function wireOf(batch: sdk.SettleBatch): Uint8Array {
  const transaction = core.compileTransaction({ ...batch, blockhash });
  return core.signTransaction({ transaction, signers: [payer] });
}

function decoded(wire: Uint8Array): KitTransaction {
  return getTransactionDecoder().decode(wire);
}

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof core.PinFiError) return error.code;
    throw error;
  }
  return "done";
}

describe("sdk / compileTransaction", () => {
  const instructions = [
    SystemProgram.transfer({ fromPubkey: key(4), toPubkey: key(5), lamports: 6 }),
    ...sdk.settleInstructions({ settles: several(2, 3), firstIndex: 1 }),
  ];

  it("gives the v0 message that web3.js gives", () => {
    const web3 = new TransactionMessage({
      payerKey: payer.publicKey,
      recentBlockhash: blockhash,
      instructions: [
        ...instructions,
        ComputeBudgetProgram.setComputeUnitLimit({ units: 1_000 }),
        ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 5_000_000 }),
      ],
    }).compileToV0Message();
    const { message } = core.compileTransaction({
      format: "v0",
      payer: payer.publicKey,
      blockhash,
      instructions,
      budget: { computeUnitLimit: 1_000, priorityFeeLamports: 5_000n },
    });
    // The SDK keeps accounts in order of appearance, web3.js sorts within a group by insertion too.
    expect(Buffer.from(message).equals(Buffer.from(web3.serialize()))).to.equal(true);
  });

  it("gives a v1 message that kit reads back", () => {
    const budget = {
      computeUnitLimit: 1_000,
      loadedAccountsDataSizeLimit: 2_000,
      priorityFeeLamports: 3_000n,
    };
    const transaction = core.compileTransaction({
      format: "v1",
      payer: payer.publicKey,
      blockhash,
      instructions,
      budget,
    });
    const message = getCompiledTransactionMessageDecoder().decode(transaction.message);
    if (message.version !== 1) throw new Error(`version ${message.version}`);
    expect(message.lifetimeToken).to.equal(blockhash);
    expect(message.header).to.deep.equal({
      numSignerAccounts: 2,
      numReadonlySignerAccounts: 0,
      numReadonlyNonSignerAccounts: 4,
    });
    expect(message.configMask).to.equal(0b1111);
    expect(message.configValues).to.deep.equal([
      { kind: "u64", value: 3_000n },
      { kind: "u32", value: 1_000 },
      { kind: "u32", value: 2_000 },
    ]);
    instructions.forEach(({ programId, keys, data }, index) => {
      const header = message.instructionHeaders[index];
      const body = message.instructionPayloads[index];
      const address = (position: number) => message.staticAccounts[position] as string;
      expect(address(header?.programAccountIndex as number)).to.equal(programId.toBase58());
      expect(body?.instructionAccountIndices.map(address)).to.deep.equal(
        keys.map(({ pubkey }) => pubkey.toBase58()),
      );
      expect(Buffer.from(body?.instructionData ?? []).equals(data)).to.equal(true);
    });
  });

  it("refuses what is beyond the limits", () => {
    const compile =
      (list: typeof instructions, format: core.TransactionFormat = "v1") =>
      () =>
        core.compileTransaction({ format, payer: payer.publicKey, blockhash, instructions: list });
    const transfer = (from: number) =>
      SystemProgram.transfer({ fromPubkey: key(from), toPubkey: key(5), lamports: 6 });
    const big = sdk.settleInstructions({
      settles: [settleOf({ seed: 1, lines: 200 })],
      firstIndex: 0,
    });
    expect(code(compile(big, "v0"))).to.equal("TRANSACTION_TOO_LARGE");
    expect(code(compile(big))).to.equal("done");
    expect(code(compile(new Array(65).fill(transfer(4))))).to.equal("TOO_MANY_INSTRUCTIONS");
    const froms = (count: number) =>
      Array.from({ length: count }, (_, index) => transfer(10 + index));
    expect(code(compile(froms(12)))).to.equal("TOO_MANY_SIGNERS");
    expect(code(compile(froms(63)))).to.equal("TOO_MANY_ACCOUNTS");
    const fee = { priorityFeeLamports: 5n };
    const priced = () => core.budgetInstructions(fee);
    expect(code(priced)).to.equal("ARGUMENT_MISSING");
  });

  it("wants every signature", () => {
    const transaction = core.compileTransaction({
      format: "v0",
      payer: payer.publicKey,
      blockhash,
      instructions,
    });
    expect(code(() => core.signTransaction({ transaction, signers: [payer] }))).to.equal(
      "MISSING_SIGNER",
    );
    const wire = core.signTransaction({ transaction, signers: [keypair(4), keypair(9), payer] });
    expect(VersionedTransaction.deserialize(wire).signatures).to.have.length(2);
  });
});

describe("sdk / packSettles", () => {
  for (const format of FORMATS) {
    it(`${format}: says the exact size of each transaction`, () => {
      const settles = [...several(30, 2), settleOf({ seed: 40, lines: 70, kind: "sparse" })];
      for (const options of OPTIONS) {
        const batches = sdk.packSettles({ settles, payer: payer.publicKey, format, ...options });
        for (const batch of batches) {
          const wire = wireOf(batch);
          expect(wire.length).to.equal(batch.bytes);
          expect(wire.length).to.be.at.most(core.MAX_TRANSACTION_BYTES[format]);
          expect(Object.keys(decoded(wire).signatures)).to.deep.equal([payer.publicKey.toBase58()]);
        }
        const packed = batches.flatMap((batch) => batch.settles);
        expect(packed).to.have.length(settles.length);
        for (const settle of settles) expect(packed).to.include(settle);
      }
    });

    it(`${format}: fills a transaction to its last target`, () => {
      const most = sdk.maxDenseTargets(format);
      const pack = (lines: number) =>
        sdk.packSettles({
          settles: [settleOf({ seed: 1, lines })],
          payer: payer.publicKey,
          format,
        });
      const [batch] = pack(most);
      expect(batch?.targets).to.equal(most);
      expect(core.MAX_TRANSACTION_BYTES[format] - (batch?.bytes ?? 0)).to.be.within(0, 7);
      expect(() => pack(most + 1))
        .to.throw(core.VoucherError, `sign at most 99 in v0, 456 in v1`)
        .with.property("code", "VOUCHER_TOO_LARGE");
    });

    it(`${format}: puts as many books into a transaction as it says`, () => {
      const books = sdk.maxBooks(format);
      const pack = (count: number) =>
        sdk.packSettles({ settles: several(count, 1), payer: payer.publicKey, format });
      expect(pack(books)).to.have.length(1);
      expect(pack(books + 1)).to.have.length(2);
    });
  }

  it("knows these limits", () => {
    const limits = (options: sdk.PackOptions) => [
      sdk.maxDenseTargets(options),
      sdk.maxSparseTargets(options),
      sdk.maxBooks(options),
    ];
    expect(limits({ format: "v0" })).to.deep.equal([99, 80, 4]);
    expect(limits({ format: "v1" })).to.deep.equal([456, 365, 18]);
    const verifiedBy = "program";
    expect(limits({ format: "v0", verifiedBy })).to.deep.equal([118, 94, 9]);
    expect(limits({ format: "v1", verifiedBy })).to.deep.equal([474, 380, 34]);
  });

  it("counts a book once however many vouchers it has", () => {
    const one = settleOf({ seed: 1, lines: 1 });
    const settles = new Array<sdk.Settle>(5).fill(one);
    const batches = sdk.packSettles({ settles, payer: payer.publicKey, format: "v0" });
    expect(batches.map(({ settles: held }) => held.length)).to.deep.equal([5]);
    expect(wireOf(batches[0] as sdk.SettleBatch).length).to.equal(batches[0]?.bytes);
  });

  it("gives v1 its limits, tight where the capacity is known", () => {
    const settle = { ...settleOf({ seed: 1, lines: 10 }), capacity: 10, units: 900 };
    const [batch] = sdk.packSettles({ settles: [settle], payer: payer.publicKey, format: "v1" });
    expect(batch?.budget.computeUnitLimit).to.be.within(1, 10_000);
    expect(batch?.budget.loadedAccountsDataSizeLimit).to.be.below(1536 * 1024 + 2_000);
    const [v0] = sdk.packSettles({ settles: [settle], payer: payer.publicKey, format: "v0" });
    expect(v0?.budget).to.deep.equal({});
  });

  it("refuses a format it does not know", () => {
    const pack = () =>
      sdk.packSettles({ settles: [], payer: payer.publicKey, format: "v2" as never });
    expect(code(pack)).to.equal("ARGUMENT_TYPE");
  });
});
