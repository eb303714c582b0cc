import { fixedKeypair } from "@pinfi/localnet";
import { type PublicKey, SystemProgram, type TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import type { World } from "../harness/world";
import { altered } from "./bits";
import { CALLER, CALLER_AUTHORITY, calledBy, deployCaller, deployIdle, passedOn } from "./caller";

const STRANGER = fixedKeypair(61);
const RECIPIENTS = Array.from({ length: 10 }, (_, nth) => fixedKeypair(62 + nth).publicKey);
/** Keeps an account of no bytes alive. */
const LAMPORTS = 1_000_000n;
/** Behind the tag and the bump. */
const PROGRAM_AT = 9;

describeWorlds("the tests' caller program", (start) => {
  let world: World;
  beforeEach(async () => {
    world = await start([]);
    deployCaller(world);
    await world.fund(CALLER_AUTHORITY, 20n * LAMPORTS);
  });
  const pay = (fromPubkey: PublicKey, nth: number): TransactionInstruction =>
    SystemProgram.transfer({
      fromPubkey,
      toPubkey: RECIPIENTS[nth] ?? assert.fail("no such recipient"),
      lamports: LAMPORTS * BigInt(nth + 1),
    });
  const received = () => Promise.all(RECIPIENTS.map(world.lamports));

  it("makes each call of several, signed by its own address", async () => {
    await world.send([calledBy([0, 1, 2].map((nth) => pay(CALLER_AUTHORITY, nth)))]);
    const rest = Array<bigint>(7).fill(0n);
    assert.deepEqual(await received(), [LAMPORTS, 2n * LAMPORTS, 3n * LAMPORTS, ...rest]);
    assert.equal(await world.lamports(CALLER_AUTHORITY), 14n * LAMPORTS);
  });

  it("passes on a signature that the transaction has, and any number of accounts", async () => {
    await world.fund(STRANGER.publicKey, 100n * LAMPORTS);
    const calls = RECIPIENTS.map((_, nth) => pay(STRANGER.publicKey, nth));
    // A call of the caller by itself, which names all of the twelve accounts.
    await world.send([calledBy([calledBy(calls.slice(0, 5)), ...calls.slice(5)])], {
      signers: [STRANGER],
    });
    assert.deepEqual(
      await received(),
      RECIPIENTS.map((_, nth) => LAMPORTS * BigInt(nth + 1)),
    );
    assert.equal(await world.lamports(STRANGER.publicKey), 45n * LAMPORTS);
  });

  it("signs for no address but its own", async () => {
    await world.fund(STRANGER.publicKey, 2n * LAMPORTS);
    const call = calledBy([pay(STRANGER.publicKey, 0)]);
    const keys = call.keys.map((key) => ({ ...key, isSigner: false }));
    await assertRefused(world.send([{ ...call, keys }]), "PrivilegeEscalation");
    await world.send([call], { signers: [STRANGER] });
    assert.equal(await world.lamports(STRANGER.publicKey), LAMPORTS);
  });

  it("makes none of the calls where one fails", async () => {
    const [one, two] = [pay(CALLER_AUTHORITY, 0), pay(CALLER_AUTHORITY, 1)];
    const tooMuch = altered(two, (data) => data.writeBigUInt64LE(20n * LAMPORTS, 4));
    await assertRefused(world.send([calledBy([one, tooMuch])]), "ResultWithNegativeLamports");
    await world.send([calledBy([one, two])]);
    assert.equal(await world.lamports(CALLER_AUTHORITY), 17n * LAMPORTS);
  });

  it("refuses data that ends too early, and an account that it was not given", async () => {
    const call = calledBy([pay(CALLER_AUTHORITY, 0)]);
    const cut = altered(call, (data) => data.subarray(0, data.length - 1));
    await assertRefused(world.send([cut]), "InvalidInstructionData");
    const beyond = altered(call, (data) => data.writeUInt8(call.keys.length, PROGRAM_AT));
    await assertRefused(world.send([beyond]), "NotEnoughAccountKeys");
    await world.send([call]);
    assert.equal((await received())[0], LAMPORTS);
  });

  it("passes an instruction on with the very same data", async () => {
    await world.fund(STRANGER.publicKey, 3n * LAMPORTS);
    await world.send([passedOn(pay(STRANGER.publicKey, 1))], { signers: [STRANGER] });
    assert.equal((await received())[1], 2n * LAMPORTS);
    const { data } = pay(STRANGER.publicKey, 1);
    assert.deepEqual(passedOn(pay(STRANGER.publicKey, 1)).data, data);
  });

  it("does nothing, and succeeds, with other data and no program to pass it on to, wherever it stands", async () => {
    const call = calledBy([pay(CALLER_AUTHORITY, 0)]);
    const elsewhere = fixedKeypair(60).publicKey;
    deployIdle(world, elsewhere);
    for (const programId of [CALLER, elsewhere]) {
      const keys = call.keys.filter(({ pubkey }) => !pubkey.equals(SystemProgram.programId));
      const other = altered({ ...call, programId, keys }, (data) => data.writeUInt8(0, 0));
      await world.send([other]);
    }
    assert.equal(await world.lamports(CALLER_AUTHORITY), 20n * LAMPORTS);
  });
});
