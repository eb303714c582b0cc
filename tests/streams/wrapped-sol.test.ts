import { TOKEN_PROGRAM_ID } from "@pinfi/sdk";
import * as sdk from "@pinfi/sdk/streams";
import {
  createCloseAccountInstruction,
  NATIVE_MINT,
  NATIVE_MINT_2022,
  TOKEN_2022_PROGRAM_ID,
} from "@solana/spl-token";
import type { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { fundTokenAccount, type TestMint } from "../harness/tokens";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";
import { placeNativeMint, wrap } from "./wrapped-sol";

const payer = KEYS.payer.publicKey;
const book = sdk.bookAddress({ payer, mint: NATIVE_MINT, id: 0 });
const vaultOf = { book, mint: NATIVE_MINT };

// The token programs refuse to burn it, whoever asks.
describeWorlds("streams / books of wrapped SOL", (start) => {
  let streams: Scenario;
  let mint: TestMint;
  let source: PublicKey;
  let treasury: PublicKey;
  // 5 % of 1,000 claimed: 50 due, and no line left.
  beforeEach(async () => {
    streams = await startScenario(start, { stage: "initialized" });
    const { world } = streams;
    mint = await placeNativeMint(streams);
    source = await fundTokenAccount({ world, mint, owner: payer });
    treasury = await fundTokenAccount({ world, mint, owner: KEYS.treasurer.publicKey });
    const destination = await fundTokenAccount({ world, mint, owner: KEYS.payee.publicKey });
    await streams.setMintPolicy({ mint: NATIVE_MINT, treasury, feeBps: 500, burnBps: 0 });
    await wrap(streams, source, 3_000n);
    await streams.openBook({ mint: NATIVE_MINT });
    await streams.deposit({ ...vaultOf, source, amount: 3_000n });
    await streams.addLine({ book, line: 0, deposit: 1_000n, rate: 1_000n });
    await streams.advance({ seconds: 1n });
    await streams.claim(vaultOf);
    assert.equal(await streams.balance(destination), 950n);
    await streams.addLine({ book, line: 1, deposit: 0n });
    await streams.closeLine({ book, authority: KEYS.payee.publicKey });
    await streams.removeLine({ book });
  });
  const endLines = async () => {
    await streams.closeLine({ book, line: 1, authority: KEYS.payee.publicKey });
    await streams.removeLine({ book, line: 1 });
  };
  const makeEscrow = () => {
    const owner = sdk.policyAddress({ mint: NATIVE_MINT });
    return fundTokenAccount({ world: streams.world, mint, owner });
  };
  const collectEscrow = (to: PublicKey) =>
    streams.collectEscrow({ mint: NATIVE_MINT, treasury: to });
  const closesWith = async (amount: bigint) => {
    await streams.advance({ slots: 1n });
    await streams.closeBook({ ...vaultOf, destination: source });
    assert.equal(await streams.balance(source), amount);
    assert.equal(await streams.world.account(book), null);
  };

  it("have no policy that burns", async () => {
    const natives = [
      { address: NATIVE_MINT, tokenProgram: TOKEN_PROGRAM_ID },
      { address: NATIVE_MINT_2022, tokenProgram: TOKEN_2022_PROGRAM_ID },
    ];
    for (const native of natives) {
      await placeNativeMint(streams, native);
      const set = (burnBps: number) =>
        streams.setMintPolicy({ mint: native.address, treasury: null, feeBps: 0, burnBps });
      await assertRefused(set(1), "NativeMintNotBurnable");
      await assertRefused(set(10_000), "NativeMintNotBurnable");
      await set(0);
    }
  });

  it("pay their fees to the treasury", async () => {
    await endLines();
    await streams.collectFees({ ...vaultOf, treasury });
    assert.equal(await streams.balance(treasury), 50n);
    await closesWith(2_000n);
  });

  it("W15c close although the treasury was unwrapped: its fees wait in the escrow", async () => {
    const { world } = streams;
    const owner = KEYS.treasurer.publicKey;
    await streams.send([createCloseAccountInstruction(treasury, owner, owner)]);
    await assertRefused(streams.collectFees({ ...vaultOf, treasury }), "FeesUndeliverable");
    const escrow = await makeEscrow();
    const { events } = await streams.collectFees({ ...vaultOf, treasury, escrow });
    assert.deepInclude(events[0]?.data, { burned: 0n, to_treasury: 0n, to_escrow: 50n });
    await endLines();
    await closesWith(2_000n);
    await assertRefused(collectEscrow(treasury), "FeesUndeliverable");
    await fundTokenAccount({ world, mint, owner });
    await collectEscrow(treasury);
    assert.equal(await streams.balance(treasury), 50n);
  });

  it("W15c close although no treasury is named any more", async () => {
    await streams.setMintPolicy({ mint: NATIVE_MINT, treasury: null, feeBps: 0, burnBps: 0 });
    const escrow = await makeEscrow();
    const collect = (to: PublicKey | null) =>
      streams.collectFees({ ...vaultOf, treasury: null, escrow: to });
    await assertRefused(collect(null), "FeesUndeliverable");
    await collect(escrow);
    await endLines();
    await closesWith(2_000n);
    await assertRefused(collectEscrow(treasury), "MissingTreasury");
    await streams.setMintPolicy({ mint: NATIVE_MINT, treasury, feeBps: 0, burnBps: 0 });
    await collectEscrow(treasury);
    assert.equal(await streams.balance(treasury), 50n);
  });
});
