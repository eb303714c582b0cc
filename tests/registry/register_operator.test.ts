import { configAddress, operatorAddress, type Payout } from "@pinfi/sdk/registry";
import { Keypair, PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { assertSaid } from "../kit/verb";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

/** Where the configuration has the next number: behind two keys and the pause. */
const NEXT_AT = 8 + 2 * 32 + 2 * 8;
const LAST = 0xffff_ffff;

const recipient = KEYS.lender.publicKey;
/** So many different recipients, each with a part. */
const parts = (...bps: number[]): Payout[] =>
  bps.map((part, at) => ({
    recipient: Keypair.fromSeed(new Uint8Array(32).fill(100 + at)).publicKey,
    bps: part,
  }));

describeWorlds("registry / register_operator", (start) => {
  let registry: Scenario;
  beforeEach(async () => {
    registry = await startScenario(start, { stage: "initialized" });
  });

  it("registers anybody under the next number, and says so (M41)", async () => {
    const now = await registry.now();
    const done = await registry.registerOperator();
    const { authority, nominated, id, registeredAt, payout } = await registry.operatorOf();
    assert.deepEqual(authority, KEYS.operator.publicKey);
    assert.deepEqual([nominated, id, registeredAt], [null, 0, now]);
    assert.deepEqual(payout, [{ recipient: KEYS.operator.publicKey, bps: 10_000 }]);
    assertSaid(done, "OperatorRegistered", {
      operator: registry.operator.toBase58(),
      id: 0,
      authority: KEYS.operator.publicKey.toBase58(),
      total_operators: 1,
    });
    await registry.registerOperator({ authority: KEYS.otherOperator.publicKey, id: 1 });
    const { nextOperator, operators } = await registry.config();
    assert.deepEqual([nextOperator, operators], [2, 2]);
  });

  it("refuses any number but the next", async () => {
    await assertRefused(registry.registerOperator({ id: 1 }), "WrongOperatorId");
    await registry.registerOperator({ id: 0 });
    await assertRefused(registry.registerOperator({ id: 2 }), "WrongOperatorId");
    await registry.registerOperator({ id: 1 });
  });

  it("refuses the number behind the last there can be", async () => {
    const address = configAddress();
    const account = await registry.world.account(address);
    if (account === null) throw new Error("there is no configuration");
    const setNext = (next: number): void => {
      account.data.writeUInt32LE(next, NEXT_AT);
      registry.world.setAccount(address, account);
    };
    setNext(LAST);
    await assertRefused(registry.registerOperator({ id: LAST }), "MathOverflow");
    setNext(LAST - 1);
    await registry.registerOperator({ id: LAST - 1 });
  });

  it("refuses another operator's account (A07)", async () => {
    const accounts = { operator: operatorAddress({ id: 1 }) };
    await assertRefused(registry.registerOperator({ accounts }), "ConstraintSeeds");
    await registry.registerOperator();
  });

  it("splits pay among 1 to 8 recipients (M62)", async () => {
    await assertRefused(registry.registerOperator({ payout: [] }), "RecipientsOutOfRange");
    const nine = parts(2_000, ...Array<number>(8).fill(1_000));
    await assertRefused(registry.registerOperator({ payout: nine }), "RecipientsOutOfRange");
    const eight = parts(3_000, ...Array<number>(7).fill(1_000));
    await registry.registerOperator({ payout: eight });
    assert.deepEqual((await registry.operatorOf()).payout, eight);
  });

  it("refuses parts that do not come to the whole, also by more than a type holds", async () => {
    for (const payout of [parts(9_999), parts(5_000, 5_001), parts(65_535, 10_001)]) {
      await assertRefused(registry.registerOperator({ payout }), "PayoutNotWhole");
    }
    await registry.registerOperator({ payout: parts(5_000, 5_000) });
  });

  it("refuses a recipient without an address or a part", async () => {
    const nobody = [{ recipient: PublicKey.default, bps: 10_000 }];
    await assertRefused(registry.registerOperator({ payout: nobody }), "EmptyPayout");
    await assertRefused(registry.registerOperator({ payout: parts(10_000, 0) }), "EmptyPayout");
    await registry.registerOperator({ payout: [{ recipient, bps: 10_000 }] });
  });
});
