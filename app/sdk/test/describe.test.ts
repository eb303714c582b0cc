import { Keypair, SystemProgram } from "@solana/web3.js";
import { expect } from "chai";
import { startCluster } from "../examples/cluster";
import * as core from "../src";
import * as sdk from "../src/streams";
import { openBookWith } from "./books";
import { BUILDERS, key, keypair } from "./builders";

const describer = core.createDescriber([sdk.STREAMS_DESCRIBED]);
const usdc = () => ({ symbol: "USDC", decimals: 6 });

describe("sdk / decimal", () => {
  it("writes base units as people do", () => {
    const cases = [
      [0n, 6, "0"],
      [1n, 6, "0.000001"],
      [3_200_000n, 6, "3.2"],
      [1_000_000n, 6, "1"],
      [12n, 0, "12"],
    ] as const;
    for (const [value, decimals, text] of cases)
      expect(core.decimal(value, decimals)).to.equal(text);
  });
});

describe("sdk / describer", () => {
  for (const { instruction, build, args } of BUILDERS) {
    it(`${instruction}: has a sentence in which nothing is missing`, () => {
      const sentence = describer.instruction(build(args as never), { token: usdc });
      expect(sentence).to.match(/^[a-z]/);
      expect(sentence).to.not.match(/undefined|null|none|\[object/);
      expect(sentence).to.not.include("does not know");
    });
  }

  it("names book, amount and token", () => {
    const [book, mint] = [key(1), key(2)];
    const deposit = sdk.deposit({ book, mint, funder: key(4), source: key(5), amount: 5_000_000n });
    expect(describer.instruction(deposit, { token: usdc })).to.equal(
      `deposits 5 USDC into book ${book.toBase58()}`,
    );
    expect(describer.instruction(deposit)).to.equal(
      `deposits 5000000 base units into book ${book.toBase58()}`,
    );
  });

  it("says what a settle brings the payees, no more than the deposits cover", () => {
    const cluster = startCluster();
    const book = openBookWith(cluster, { id: 1, lines: 3, deposit: 100_000n });
    const signer = keypair(21);
    const voucher = sdk.signVoucher({
      domain: new Uint8Array(32),
      book,
      targets: { kind: "dense", start: 0, cumulative: [20_000n, 0n, 700_000n] },
      signer,
    });
    const [proof, settle] = sdk.settleInstructions({
      settles: [{ book, domain: new Uint8Array(32), voucher }],
      firstIndex: 1,
    });
    const account = (address: typeof book) => cluster.net.account(address) ?? undefined;
    if (!proof || !settle) throw new Error("settleInstructions gave too few");
    expect(describer.instruction(settle, { token: usdc, account })).to.equal(
      `settles 3 lines of book ${book.toBase58()} for 0.12 USDC`,
    );
    expect(describer.instruction(settle)).to.equal(`settles 3 lines of book ${book.toBase58()}`);

    const payer = Keypair.generate();
    const transaction = core.compileTransaction({
      format: "v0",
      payer: payer.publicKey,
      blockhash: SystemProgram.programId.toBase58(),
      instructions: [proof, settle],
      budget: { computeUnitLimit: 10_000 },
    });
    const wire = core.signTransaction({ transaction, signers: [payer] });
    expect(describer.transaction(wire, { token: usdc, account })).to.deep.equal([
      "verifies 1 signature",
      `settles 3 lines of book ${book.toBase58()} for 0.12 USDC`,
      "sets limits and the priority fee",
    ]);
  });

  it("guesses nothing: other programs, unknown instructions, bytes cut short", () => {
    const claim = BUILDERS.find(({ instruction }) => instruction === "claim");
    const good = claim?.build(claim.args as never);
    if (!good) throw new Error("no builder of claim");
    const other = { ...good, programId: key(9) };
    expect(describer.instruction(other)).to.equal(`calls the program ${key(9).toBase58()}`);
    expect(describer.instruction({ ...good, data: Buffer.alloc(10) })).to.equal(
      "calls streams with an instruction that this version does not know",
    );
    expect(describer.instruction({ ...good, data: good.data.subarray(0, 9) })).to.equal(
      "calls streams with an instruction that cannot be read: needs 10 bytes, has 9",
    );
  });
});
