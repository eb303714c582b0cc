import * as sdk from "@pinfi/sdk/streams";
import { SystemProgram, type TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { altered } from "../../kit/bits";
import { KEYS } from "../keys";
import { DEPOSIT, type Scenario, startScenario } from "../scenario";

// The hot paths go over as many accounts as each of them has, and find the instruction's name behind
// them. Here the accounts are those of the one and the name is the other's.

const VOUCHED = 300n;
/** How many accounts the hot claim has. */
const CLAIM_ACCOUNTS = 7;
/** Bytes of an instruction's name. */
const NAME = 8;

describeSigned("streams / the data's first bytes say which instruction it is (W22)", (start) => {
  let streams: Scenario;
  let signature: TransactionInstruction;
  let settle: TransactionInstruction;
  let claim: TransactionInstruction;
  // 60 s at 5 per second: 300 earned of 1,000 deposited.
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine({ deposit: 1_000n, rate: 5n });
    await streams.advance({ seconds: 60n });
    const { book, mint } = streams;
    const [proof, settles] = streams.settleInstructions(await streams.voucher());
    if (proof === undefined || settles === undefined) throw new Error("no settle");
    [signature, settle] = [proof, settles];
    const payee = KEYS.payee.publicKey;
    claim = sdk.claim({ book, mint: mint.address, line: 0, payee });
    assert.deepEqual([settle.keys.length, claim.keys.length], [2, CLAIM_ACCOUNTS]);
  });
  const assertSettled = async () => assert.equal((await streams.line()).vouched, VOUCHED);
  const assertClaimed = async () => {
    assert.equal((await streams.line()).claimed, 300n);
    assert.equal(await streams.balance(streams.vault), DEPOSIT - 300n);
  };

  it("refuses a settle with the accounts of a claim (A35)", async () => {
    const mixed = { ...settle, keys: claim.keys };
    await assertRefused(streams.send([signature, mixed]), "ConstraintAddress");
    await streams.send([signature, settle]);
    await assertSettled();
  });

  it("refuses a claim with the accounts of a settle (A35)", async () => {
    const mixed = { ...claim, keys: settle.keys };
    await assertRefused(streams.send([mixed]), "AccountNotEnoughKeys");
    await streams.send([claim]);
    await assertClaimed();
  });

  it("settles with as many accounts as a claim has, and pays nobody", async () => {
    const others = claim.keys.slice(2);
    const keys = [...settle.keys, ...others.map((one) => ({ ...one, isSigner: false }))];
    assert.equal(keys.length, CLAIM_ACCOUNTS);
    await streams.send([signature, { ...settle, keys }]);
    await assertSettled();
    assert.equal((await streams.line()).claimed, 0n);
    assert.equal(await streams.balance(streams.vault), DEPOSIT);
  });

  it("claims with an account more than it has", async () => {
    const extra = { pubkey: SystemProgram.programId, isSigner: false, isWritable: false };
    await streams.send([{ ...claim, keys: [...claim.keys, extra] }]);
    await assertClaimed();
  });

  it("refuses data that ends before the name does (A35)", async () => {
    for (const length of [0, 1, NAME - 1]) {
      for (const whole of [settle, claim]) {
        const cut = altered(whole, (data) => data.subarray(0, length));
        await assertRefused(streams.send([cut]), "InstructionFallbackNotFound");
      }
    }
    await streams.send([signature, settle]);
    await assertSettled();
    await streams.send([claim]);
    assert.equal((await streams.line()).claimed, VOUCHED + 300n);
  });
});
