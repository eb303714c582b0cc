import * as sdk from "@pinfi/sdk/streams";
import {
  Ed25519Program,
  PublicKey,
  SYSVAR_RENT_PUBKEY,
  SystemProgram,
  type TransactionInstruction,
} from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeCurrent, describeSigned, describeWorlds } from "../../harness/describe";
import { CALLS } from "../honest-calls";
import { KEYS } from "../keys";
import { type PoolScenario, startPool } from "../pool-scenario";
import { GRACE, type Scenario, startScenario } from "../scenario";

const payer = KEYS.payer.publicKey;
const LAMPORTS_PER_SIGNATURE = 5_000n;

/** Fee of a transaction of these instructions. */
function feeOf(feePayer: PublicKey, instructions: readonly TransactionInstruction[]): bigint {
  const signers = instructions.flatMap(({ keys }) => keys.filter(({ isSigner }) => isSigner));
  const names = new Set([feePayer, ...signers.map(({ pubkey }) => pubkey)].map(String));
  const verified = instructions
    .filter(({ programId }) => programId.equals(Ed25519Program.programId))
    .reduce((sum, { data }) => sum + (data[0] ?? 0), 0);
  return LAMPORTS_PER_SIGNATURE * BigInt(names.size + verified);
}

// On the machine that verifies, as settles are among the calls.
describeSigned("streams / lamports over every instruction", (start) => {
  for (const [name, { stage = "funded", prepare, instructions }] of Object.entries(CALLS)) {
    it(`${name} makes and destroys none (A33), and leaves no account below its rent (A32)`, async () => {
      const streams = await startScenario(start, { stage, feeBps: 100 });
      await prepare?.(streams);
      const { world } = streams;
      const called = await instructions(streams);
      const keys = called.flatMap((one) => one.keys.map(({ pubkey }) => pubkey.toBase58()));
      const names = new Set([world.payer.publicKey.toBase58(), ...keys]);
      const addresses = [...names].map((one) => new PublicKey(one));
      const sum = async () => {
        const all = await Promise.all(addresses.map((address) => world.lamports(address)));
        return all.reduce((total, lamports) => total + lamports, 0n);
      };
      const before = await sum();
      await streams.send(called);
      assert.equal(await sum(), before - feeOf(world.payer.publicKey, called));
      const written = called.flatMap(({ keys }) => keys.filter(({ isWritable }) => isWritable));
      for (const { pubkey: address } of written) {
        const account = await world.account(address);
        if (account === null) continue;
        const least = await world.minimumBalance(account.data.length);
        assert.isAtLeast(account.lamports, Number(least), address.toBase58());
      }
    });
  }
});

// Runtime 1.18 does not mind accounts below their rent.
describeCurrent("streams / a payer who cannot afford the room for a line (A32)", (start) => {
  it("is refused, down to the lamport that would leave him below his own rent", async () => {
    const streams = await startScenario(start);
    const { world } = streams;
    const long = await world.minimumBalance(376 + 96);
    const growth = long - (await world.minimumBalance(376));
    const least = await world.minimumBalance(0);
    const wallet = await world.account(payer);
    if (wallet === null) throw new Error("the payer has nothing");
    const owning = (lamports: bigint) =>
      world.setAccount(payer, { ...wallet, lamports: Number(lamports) });

    owning(growth - 1n);
    await assertRefused(streams.addLine({ line: 0 }), "ResultWithNegativeLamports");
    owning(growth + 1n);
    await assertRefused(streams.addLine({ line: 0 }), "InsufficientFundsForRent");
    owning(growth + least - 1n);
    await assertRefused(streams.addLine({ line: 0 }), "InsufficientFundsForRent");
    owning(growth + least);
    await streams.addLine({ line: 0 });
    assert.equal(await world.lamports(payer), least);
    assert.equal(await world.lamports(streams.book), long);
  });

  it("pays less where somebody has sent lamports to the book before", async () => {
    const streams = await startScenario(start);
    const { world, book } = streams;
    await world.fund(book, 1_000n);
    const before = await world.lamports(payer);
    await streams.addLine();
    const rent = await world.minimumBalance(376 + 96);
    assert.equal(await world.lamports(book), rent);
    assert.equal(
      before - (await world.lamports(payer)),
      rent - (await world.minimumBalance(376)) - 1_000n,
    );
  });
});

describeCurrent("streams / rent that changes while a book is open (A32)", (start) => {
  /** Lamports a byte from now on, as the sysvar says it. */
  const setRent = async ({ world }: Scenario, perByte: bigint) => {
    const sysvar = await world.account(SYSVAR_RENT_PUBKEY);
    if (sysvar === null) throw new Error("there is no Rent");
    sysvar.data.writeBigUInt64LE(perByte, 0);
    world.setAccount(SYSVAR_RENT_PUBKEY, sysvar);
  };
  // One line is 96 bytes. What the cheap rent leaves over is not taken; the dear one asks for the
  // difference on all 600 bytes that count (128 come on top of an account's own).
  const cases: [perByte: bigint, forOne: bigint, forTenMore: bigint][] = [
    [696n, 0n, 0n],
    [5_080n, 96n * 5_080n, 960n * 5_080n],
    [10_000n, 600n * 10_000n - 504n * 5_080n, 960n * 10_000n],
  ];
  for (const [perByte, forOne, forTenMore] of cases) {
    it(`is topped up to what ${perByte} lamports a byte ask for, and not beyond`, async () => {
      const streams = await startScenario(start);
      const { world, book } = streams;
      assert.equal(await world.lamports(book), 504n * 5_080n);
      await setRent(streams, perByte);
      const before = await world.lamports(payer);
      await streams.addLine();
      assert.equal(await world.lamports(book), 504n * 5_080n + forOne);
      assert.equal(before - (await world.lamports(payer)), forOne);
      await streams.reserveLines({ count: 10 });
      assert.equal(before - (await world.lamports(payer)), forOne + forTenMore);

      // All of it comes back, whatever it was.
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      await streams.removeLine();
      await streams.advance({ seconds: GRACE });
      const rents = (await world.lamports(book)) + (await world.lamports(streams.vault));
      const owned = await world.lamports(payer);
      await streams.closeBook();
      assert.equal(await world.lamports(payer), owned + rents);
    });
  }
});

describeWorlds("streams / an account that is closed and paid for again (A14)", (start) => {
  const rentAgain = (address: PublicKey): TransactionInstruction =>
    SystemProgram.transfer({ fromPubkey: payer, toPubkey: address, lamports: 10_000_000n });

  /** In one transaction it cannot be used again; by itself it is no more than lamports. */
  async function staysClosed(
    { world, send }: Scenario,
    address: PublicKey,
    close: TransactionInstruction,
    use: readonly TransactionInstruction[],
  ): Promise<void> {
    for (const one of use) {
      await assertRefused(send([close, rentAgain(address), one]), "AccountOwnedByWrongProgram");
    }
    await send([close, rentAgain(address)]);
    const account = await world.account(address);
    assert.equal(account?.data.length, 0);
    assert.deepEqual(account?.owner, SystemProgram.programId);
    assert.equal(account?.lamports, 10_000_000);
    for (const one of use) await assertRefused(send([one]), "AccountOwnedByWrongProgram");
  }
  const last = async (call: string, streams: Scenario): Promise<TransactionInstruction> => {
    const { prepare, instructions } = CALLS[call] ?? assert.fail(call);
    await prepare?.(streams);
    const found = (await instructions(streams)).at(-1);
    return found ?? assert.fail("nothing to call");
  };

  for (const call of ["close_book", "reap"]) {
    it(`stays closed: a book, by ${call}`, async () => {
      const streams = await startScenario(start, { feeBps: 100 });
      const close = await last(call, streams);
      await streams.advance({ slots: 1n });
      const { book, mint, payerTokens } = streams;
      const line = { payer, book, line: 0, payee: KEYS.payee.publicKey, deposit: 0n, rate: 0n };
      await staysClosed(streams, book, close, [
        sdk.addLine({ ...line, controlled: false }),
        sdk.refund({ book, mint: mint.address, payer, destination: payerTokens, amount: 1n }),
        sdk.reserveLines({ payer, book, count: 1 }),
      ]);
    });
  }

  const pools = async (): Promise<PoolScenario> => startPool(start, "open");

  it("stays closed: a pool", async () => {
    const { streams, pool } = await pools();
    const of = { pool, mint: streams.mint.address };
    const source = streams.payerTokens;
    const close = sdk.closePool({ ...of, owner: payer, destination: source });
    await staysClosed(streams, pool, close, [
      sdk.setUnits({ ...of, owner: payer, who: KEYS.payee.publicKey, units: 1n }),
      close,
    ]);
  });

  it("stays closed: a member", async () => {
    const { streams, pool, setUnits, distribute } = await pools();
    const who = KEYS.payee.publicKey;
    await setUnits();
    await distribute();
    await setUnits({ units: 0n });
    const of = { pool, mint: streams.mint.address };
    const claim = sdk.claimMember({ ...of, who, destination: streams.payeeTokens });
    await streams.send([claim]);
    const member = sdk.memberAddress({ pool, who });
    const close = sdk.closeMember({ owner: payer, pool, who });
    await staysClosed(streams, member, close, [claim, close]);
  });
});

describeCurrent("streams / a book opened again where lamports were left (A14)", (start) => {
  it("begins from nothing", async () => {
    const streams = await startScenario(start);
    await streams.addLine();
    await streams.closeLine({ authority: KEYS.payee.publicKey });
    await streams.removeLine();
    await streams.advance({ slots: 1n });
    const { voucherDomain } = await streams.state();
    await streams.closeBook();
    await streams.world.fund(streams.book, 10_000_000n);
    await streams.openBook();
    const next = await streams.state();
    assert.notDeepEqual(next.voucherDomain, voucherDomain);
    assert.deepEqual(
      { free: next.free, nextLine: next.nextLine, capacity: next.capacity },
      { free: 0n, nextLine: 0, capacity: 0 },
    );
  });
});
