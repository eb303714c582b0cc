import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { InvalidArgument, TOKEN_PROGRAM_ID } from "../src";
import * as sdk from "../src/streams";
import { key } from "./builders";

const [book, mint, otherMint, payee] = [key(1), key(2), key(3), key(4)];
const args = { payer: key(5), book, line: 0, payee, deposit: 9n, rate: 0n, controlled: false };

/** A pool of a mint, as the program writes it. */
function poolOf(of: PublicKey): { owner: PublicKey; data: Uint8Array } {
  const { discriminator = [] } =
    sdk.STREAMS.idl.accounts?.find(({ name }) => name === "Pool") ?? {};
  const data = Buffer.alloc(8 + 96 + 16 + 8 * 5 + 4 + 2 + 1);
  Buffer.from(discriminator).copy(data);
  of.toBuffer().copy(data, 8 + 32);
  return { owner: sdk.STREAMS_PROGRAM_ID, data };
}

const refusal = (given: object): string => {
  try {
    sdk.addLine({ ...args, ...given });
    return "built";
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    return error.argument;
  }
};

describe("sdk / addLine", () => {
  it("refuses a pool of another mint as payee, where it is given the account (W15a)", () => {
    const honest = sdk.addLine(args);
    for (const payeeAccount of [poolOf(otherMint), poolOf(otherMint).data]) {
      expect(refusal({ mint, payeeAccount })).to.equal("payee");
      expect(refusal({ mint: otherMint, payeeAccount })).to.equal("built");
    }
    expect(refusal({ mint, payeeAccount: poolOf(mint) })).to.equal("built");
    expect(refusal({ payeeAccount: poolOf(mint) })).to.equal("mint");
    // A wallet, a token account, nothing at all: no pool.
    const wallet = { owner: PublicKey.default, data: new Uint8Array(0) };
    const tokens = { owner: TOKEN_PROGRAM_ID, data: new Uint8Array(165) };
    for (const payeeAccount of [wallet, tokens, null, undefined]) {
      expect(sdk.addLine({ ...args, mint, payeeAccount })).to.deep.equal(honest);
    }
    expect(refusal({ mint, payeeAccount: 7 })).to.equal("payeeAccount");
  });

  it("refuses the book, its vault and the vault's owner as payee", () => {
    const owner = sdk.authorityAddress({ book });
    const vault = sdk.vaultAddress({ book, mint });
    for (const own of [book, owner, vault]) {
      expect(refusal({ payee: own, mint })).to.equal("payee");
    }
    expect(refusal({ payee: sdk.vaultAddress({ book: key(9), mint }), mint })).to.equal("built");
  });
});
