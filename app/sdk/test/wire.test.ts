import { SystemProgram, Transaction } from "@solana/web3.js";
import { expect } from "chai";
import * as core from "../src";
import * as sdk from "../src/streams";
import { key, keypair } from "./builders";

const payer = keypair(1);
const blockhash = key(2).toBase58();
const domain = new Uint8Array(32).fill(9);
const signer = keypair(3);
const book = key(4);
const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [1n, 2n] };
const voucher = sdk.signVoucher({ domain, book, targets, signer });
const instructions = sdk.settleInstructions({
  settles: [{ book, domain, voucher }],
  firstIndex: 0,
});

function wire(format: core.TransactionFormat, budget: core.Budget): Uint8Array {
  const transaction = core.compileTransaction({
    format,
    payer: payer.publicKey,
    blockhash,
    instructions,
    budget,
  });
  return core.signTransaction({ transaction, signers: [payer] });
}

describe("sdk / readWire", () => {
  const budget = {
    computeUnitLimit: 1_000,
    loadedAccountsDataSizeLimit: 40_000,
    priorityFeeLamports: 70n,
  };

  for (const format of ["v0", "v1"] as const) {
    it(`${format}: finds what was put in`, () => {
      const bytes = wire(format, budget);
      const facts = core.readWire(bytes);
      expect(facts).to.include({
        bytes: bytes.length,
        feePayer: payer.publicKey.toBase58(),
        signatures: 1,
        accounts: format === "v0" ? 6 : 5,
        writableAccounts: 2,
        loadedBytesLimit: 40_000,
        priorityLamports: 70n,
      });
      instructions.forEach(({ programId, keys, data }, index) => {
        const read = facts.instructions[index];
        expect(read?.program).to.equal(programId.toBase58());
        expect(read?.accounts).to.deep.equal(keys.map(({ pubkey }) => pubkey.toBase58()));
        expect(Buffer.from(read?.data ?? []).equals(data)).to.equal(true);
      });
    });
  }

  it("knows what a transaction without a budget has asked for", () => {
    const none = { priorityLamports: 0n };
    expect(core.readWire(wire("v0", {}))).to.include({
      ...none,
      loadedBytesLimit: 64 * 1024 * 1024,
    });
    expect(core.readWire(wire("v1", {}))).to.include({ ...none, loadedBytesLimit: 0 });
  });

  it("reads a legacy transaction", () => {
    const transfer = { fromPubkey: payer.publicKey, toPubkey: key(5), lamports: 6 };
    const legacy = new Transaction().add(SystemProgram.transfer(transfer));
    legacy.recentBlockhash = blockhash;
    legacy.sign(payer);
    const facts = core.readWire(legacy.serialize());
    expect(facts).to.include({ signatures: 1, accounts: 3, writableAccounts: 2 });
    expect(facts.instructions[0]?.accounts).to.deep.equal(
      [payer.publicKey, key(5)].map((each) => each.toBase58()),
    );
  });

  it("refuses bytes that are cut short", () => {
    for (const bytes of [
      new Uint8Array(0),
      wire("v0", {}).subarray(0, 300),
      wire("v1", {}).subarray(0, 300),
    ]) {
      expect(() => core.readWire(bytes)).to.throw(core.DecodeError);
    }
  });
});

describe("sdk / transactionCost", () => {
  it("adds up signatures, write locks, data, loaded pages and units", () => {
    const facts = core.readWire(
      wire("v1", { computeUnitLimit: 900, loadedAccountsDataSizeLimit: 40_000 }),
    );
    const data = 2 + 110 + (8 + 32 + 7 + 16 + 2);
    const costUnits = 720 + 2_400 + 2 * 300 + Math.floor(data / 4) + 2 * 8 + 500;
    expect(core.transactionCost({ wire: facts, units: 500n })).to.deep.equal({
      computeUnits: 500,
      costUnits,
      feesLamports: 10_000,
    });
  });
});
