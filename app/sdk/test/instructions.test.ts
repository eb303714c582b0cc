import { expect } from "chai";
import { associatedTokenAddress, TOKEN_PROGRAM_ID } from "../src";
import * as sdk from "../src/streams";
import { STREAMS_IDL, STREAMS_PROGRAM_ID, type Targets } from "../src/streams";
import { itBuildsInstructions } from "./builder-suite";
import { BUILDERS, key } from "./builders";

describe("sdk / instructions", () => {
  itBuildsInstructions(STREAMS_IDL, BUILDERS);

  it("puts books and destinations behind the accounts of the IDL", () => {
    const targets: Targets = { kind: "dense", start: 0, cumulative: [1n] };
    const signature = new Uint8Array(64);
    const vouchers = [5, 6].map((seed) => ({
      book: key(seed),
      signer: key(7),
      targets,
      signature,
    }));
    const settled = sdk.settleMany({ vouchers }).keys.map(({ pubkey }) => pubkey);
    expect(settled).to.deep.equal([key(5), key(6)]);
    const claims = [8, 9].map((seed) => ({ line: seed, payee: key(seed) }));
    const claimed = sdk.claimMany({ book: key(1), mint: key(2), claims }).keys;
    expect(claimed.slice(-2).map(({ pubkey }) => pubkey)).to.deep.equal(
      [8, 9].map((seed) => associatedTokenAddress({ owner: key(seed), mint: key(2) })),
    );
    for (const many of [[], new Array(65).fill(vouchers[0])]) {
      expect(() => sdk.settleMany({ vouchers: many })).to.throw("give 1 to 64");
    }
  });

  it("stands the program in for an optional account", () => {
    const { keys } = sdk.collectFees({ book: key(1), mint: key(2) });
    const index = STREAMS_IDL.instructions
      .find(({ name }) => name === "collect_fees")
      ?.accounts.findIndex(({ name }) => name === "treasury");
    expect(keys[index as number]).to.deep.equal({
      pubkey: STREAMS_PROGRAM_ID,
      isSigner: false,
      isWritable: false,
    });
  });

  it("derives vault and token program by default", () => {
    const { keys } = sdk.deposit({
      book: key(1),
      mint: key(2),
      funder: key(3),
      source: key(4),
      amount: 1n,
    });
    const named = keys.map(({ pubkey }) => pubkey.toBase58());
    expect(named).to.include(sdk.vaultAddress({ book: key(1), mint: key(2) }).toBase58());
    expect(named).to.include(TOKEN_PROGRAM_ID.toBase58());
  });
});
