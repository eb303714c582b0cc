import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import * as sdk from "../src/streams";

const line = (part: Partial<sdk.Line>): sdk.Line => ({
  index: 0,
  payee: PublicKey.default,
  deposit: 1_000n,
  vouched: 0n,
  rate: 10n,
  accrued: 0n,
  accruedAt: 100n,
  claimed: 0n,
  closingAt: 0n,
  flags: 0,
  controlled: false,
  released: false,
  removed: false,
  ...part,
});

describe("sdk / quotes", () => {
  it("accrue by the second up to the deposit", () => {
    const at = (now: bigint) => sdk.accruedAt({ line: line({}), now });
    expect([at(90n), at(100n), at(107n), at(200n), at(10_000n)]).to.deep.equal([
      0n,
      0n,
      70n,
      1_000n,
      1_000n,
    ]);
  });

  it("earn by rate and vouchers together, never more than the deposit", () => {
    const both = line({ vouched: 950n });
    expect(sdk.earnedAt({ line: both, now: 103n })).to.equal(980n);
    expect(sdk.earnedAt({ line: both, now: 200n })).to.equal(1_000n);
    const over = line({ vouched: 2n ** 64n - 1n, accrued: 5n });
    expect(sdk.earnedAt({ line: over, now: 103n })).to.equal(1_000n);
    expect(sdk.accruedAt({ line: over, now: 103n })).to.equal(35n);
  });

  it("W14: say what a voucher would add, whenever it is settled", () => {
    const earned = (cumulative: bigint, part: Partial<sdk.Line>, now = 200n) =>
      sdk.earnedAt({ line: line(part), now, cumulative });
    expect(earned(900n, { deposit: 6_000n, accrued: 1_000n, rate: 0n })).to.equal(1_900n);
    expect(earned(900n, { deposit: 500n, rate: 0n })).to.equal(500n);
    expect(earned(100n, { vouched: 900n, rate: 0n })).to.equal(900n);
    expect(earned(900n, { vouched: 100n, rate: 0n, closingAt: 200n })).to.equal(100n);
    expect(earned(900n, { vouched: 100n, rate: 0n, closingAt: 201n })).to.equal(900n);
    expect(earned(0n, { rate: 10n, deposit: 0n, accrued: 5n })).to.equal(0n);
  });

  it("pay what is earned and not claimed, less the fee on the running total", () => {
    const quote = (claimed: bigint, now: bigint) =>
      sdk.claimQuote({ book: { feeBps: 100 }, line: line({ claimed }), now });
    expect(quote(0n, 101n)).to.deep.equal({ gross: 10n, fee: 1n, net: 9n });
    expect(quote(10n, 102n)).to.deep.equal({ gross: 10n, fee: 0n, net: 10n });
    expect(quote(0n, 110n)).to.deep.equal({ gross: 100n, fee: 1n, net: 99n });
    expect(sdk.claimableAt({ line: line({ claimed: 70n }), now: 107n })).to.equal(0n);
    expect(sdk.claimableAt({ line: line({ removed: true, deposit: 0n }), now: 107n })).to.equal(0n);
  });

  it("know when a line runs dry", () => {
    expect(sdk.depletionTime({ line: line({}) })).to.equal(200n);
    expect(sdk.depletionTime({ line: line({ rate: 3n }) })).to.equal(434n);
    expect(sdk.depletionTime({ line: line({ vouched: 995n }) })).to.equal(101n);
    expect(sdk.depletionTime({ line: line({ vouched: 1_000n }) })).to.equal(100n);
    expect(sdk.depletionTime({ line: line({ rate: 0n }) })).to.equal(null);
  });
});
