import { TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import { assert } from "chai";
import { describeWorlds } from "../harness/describe";
import { supplyOf } from "../harness/tokens";
import { assertConserved } from "./conservation";
import { KEYS } from "./keys";
import { DEPOSIT, PAYER_TOKENS, startScenario } from "./scenario";

describeWorlds("streams / a mint of Token-2022", (start) => {
  it("goes the whole way: deposit, settle, claim, fees, refund, end", async () => {
    const streams = await startScenario(start, {
      mint: { tokenProgram: TOKEN_2022_PROGRAM_ID },
      feeBps: 500,
    });
    const supply = await supplyOf(streams.world, streams.mint);
    await streams.addLine({ deposit: 2_000n, rate: 5n });
    await streams.advance({ seconds: 100n });
    await streams.settle({ targets: { kind: "dense", start: 0, cumulative: [500n] } });
    await streams.claim(); // 500 by rate and 500 by voucher, less 5 %
    assert.equal(await streams.balance(streams.payeeTokens), 950n);
    await assertConserved(streams, 0n);

    await streams.collectFees();
    assert.equal(await streams.balance(streams.treasury), 25n);
    assert.equal(await supplyOf(streams.world, streams.mint), supply - 25n);
    await assertConserved(streams, 0n);

    await streams.closeLine({ authority: KEYS.payee.publicKey });
    await streams.removeLine();
    await streams.refund({ amount: DEPOSIT - 1_000n });
    await streams.closeBook();
    assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS - 1_000n);
  });
});
