import { settleMany } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { describeSigned } from "../harness/describe";
import { type Random, randomFrom, seedOfRun } from "../harness/random";
import { TransactionRefused } from "../harness/refused";
import { mintTo, supplyOf } from "../harness/tokens";
import { assertConserved } from "../streams/conservation";
import { KEYS } from "../streams/keys";
import { type Scenario, startScenario } from "../streams/scenario";

const STEPS = 600;

/** One step of the walk: what is done, and how many units it gave away past the program. */
type Action = (streams: Scenario, random: Random) => Promise<unknown>;

const anyLine = async (streams: Scenario, random: Random): Promise<number> =>
  random.below((await streams.state()).nextLine + 1);

/** Everything anybody may do, with parameters that mostly make sense and sometimes do not. */
const ACTIONS: Record<string, Action> = {
  deposit: (streams, random) => streams.deposit({ amount: random.amount(5_000n) }),
  gift: (streams, random) =>
    streams.deposit({
      funder: KEYS.stranger.publicKey,
      source: streams.strangerTokens,
      amount: random.amount(500n),
    }),
  refund: async (streams, random) =>
    streams.refund({ amount: random.amount((await streams.state()).free) }),
  reserveLines: (streams, random) => streams.reserveLines({ count: random.below(3) }),
  addLine: async (streams, random) => {
    const { free } = await streams.state();
    return streams.addLine({
      payee: random.pick([KEYS.payee, KEYS.stranger]).publicKey,
      deposit: random.amount(free < 3_000n ? free : 3_000n),
      rate: random.pick([0n, 0n, 1n, 7n, 2n ** 64n - 1n]),
      controlled: random.below(4) === 0,
    });
  },
  fundLine: async (streams, random) =>
    streams.fundLine({ line: await anyLine(streams, random), amount: random.amount(800n) }),
  setRate: async (streams, random) =>
    streams.setRate({
      line: await anyLine(streams, random),
      authority: random.pick([KEYS.payer, KEYS.payer, KEYS.controller, KEYS.stranger]).publicKey,
      rate: random.pick([0n, 2n, 11n]),
    }),
  setVoucherSigner: async (streams, random) =>
    streams.setVoucherSigner({
      signer: random.pick([KEYS.payer, KEYS.payer, KEYS.voucherSigner]).publicKey,
      cap: random.pick([2n ** 64n - 1n, 2n ** 64n - 1n, 1_000n]),
      expiresAt: random.pick([2n ** 63n - 1n, (await streams.now()) + 3_600n]),
    }),
  settleDense: async (streams, random) => {
    const start = await anyLine(streams, random);
    const cumulative = Array.from({ length: 1 + random.below(4) }, () => random.amount(2_500n));
    return streams.settle({ targets: { kind: "dense", start, cumulative } });
  },
  settleSparse: async (streams, random) => {
    const entries = [];
    for (let count = 1 + random.below(4); count > 0; count--) {
      const line = await anyLine(streams, random);
      entries.push({ line, cumulative: random.amount(2_500n) });
    }
    const signer = random.pick([KEYS.payer, KEYS.payer, KEYS.voucherSigner]);
    return streams.settle({ signer, targets: { kind: "sparse", entries } });
  },
  claim: async (streams, random) =>
    streams.claim({
      line: await anyLine(streams, random),
      payee: random.pick([KEYS.payee, KEYS.stranger]).publicKey,
    }),
  claimMany: async (streams, random) => {
    const claims = [];
    for (let count = 1 + random.below(4); count > 0; count--) {
      const payee = random.pick([KEYS.payee, KEYS.stranger]).publicKey;
      claims.push({ line: await anyLine(streams, random), payee });
    }
    return streams.claimMany({ claims });
  },
  settleMany: async (streams, random) => {
    const vouchers = [];
    for (let count = 1 + random.below(3); count > 0; count--) {
      const start = await anyLine(streams, random);
      const signer = random.pick([KEYS.payer, KEYS.payer, KEYS.voucherSigner]);
      const targets = { kind: "dense" as const, start, cumulative: [random.amount(2_500n)] };
      vouchers.push((await streams.voucher({ targets, signer })).voucher);
    }
    return streams.send([settleMany({ vouchers })]);
  },
  closeLine: async (streams, random) =>
    streams.closeLine({
      line: await anyLine(streams, random),
      authority: random.pick([KEYS.payer, KEYS.payee, KEYS.controller, KEYS.stranger]).publicKey,
    }),
  removeLine: async (streams, random) =>
    streams.removeLine({ line: await anyLine(streams, random) }),
  collectFees: (streams) => streams.collectFees(),
  setMintPolicy: (streams, random) =>
    streams.setMintPolicy({
      feeBps: random.pick([0, 250, 501]),
      burnBps: random.pick([0, 3_333, 10_000]),
    }),
};

describeSigned("invariants / a random walk over streams", (start) => {
  it(`${STEPS} steps keep every unit accounted for`, async () => {
    const random = randomFrom(seedOfRun());
    console.log(`      seed ${random.seed} (PINFI_SEED repeats it)`);
    const streams = await startScenario(start, {
      feeBps: 250,
      controller: KEYS.controller.publicKey,
    });
    const { world, mint, vault } = streams;
    const holders = [streams.payerTokens, streams.strangerTokens, streams.payeeTokens];
    const done = new Map<string, number>();
    let donated = 0n;

    for (let step = 0; step < STEPS; step++) {
      const chance = random.below(10);
      const name =
        chance === 0 ? "advance" : chance === 1 ? "donate" : random.pick(Object.keys(ACTIONS));
      try {
        if (name === "advance") {
          await streams.advance({ seconds: BigInt(1 + random.below(600)) });
        } else if (name === "donate") {
          const amount = BigInt(1 + random.below(50));
          await mintTo({ world, mint, to: vault, amount });
          donated += amount;
        } else {
          await ACTIONS[name]?.(streams, random);
        }
        done.set(name, (done.get(name) ?? 0) + 1);
      } catch (error) {
        // What is refused must change nothing; anything else that is thrown is a fault.
        if (!(error instanceof TransactionRefused)) throw error;
        assert.deepEqual(error.changes, [], `${name} was refused and left traces`);
      }
      await assertConserved(streams, donated).catch((error: Error) => {
        error.message = `step ${step}, ${name}: ${error.message}`;
        throw error;
      });
      const balances = await Promise.all(
        [...holders, streams.treasury, vault].map(streams.balance),
      );
      const total = balances.reduce((sum, balance) => sum + balance, 0n);
      assert.equal(
        total,
        await supplyOf(world, mint),
        `step ${step}, ${name}: every token is held`,
      );
    }

    // A walk in which some instruction never went through would prove little about it.
    for (const name of Object.keys(ACTIONS)) {
      assert.isAbove(done.get(name) ?? 0, 0, `${name} never succeeded`);
    }
    await windUp(streams, donated);
  });
});

/** Ends everything: whoever is owed is paid, and the payer has the rest, donations included. */
async function windUp(streams: Scenario, donated: bigint): Promise<void> {
  const before = await streams.state();
  for (const line of before.lines.filter(({ removed }) => !removed)) {
    const { index, closingAt, controlled, payee } = line;
    const authority = (controlled ? KEYS.controller : KEYS.payer).publicKey;
    if (closingAt === 0n) await streams.closeLine({ line: index, authority });
    await streams.advance({ seconds: 900n });
    await streams.removeLine({ line: index }).catch((error: unknown) => {
      if (!(error instanceof TransactionRefused) || error.errorName !== "UnclaimedFunds")
        throw error;
    });
    if ((await streams.line(index)).removed) continue;
    await streams.claim({ line: index, payee });
    await streams.removeLine({ line: index });
  }
  await assertConserved(streams, donated);
  const { free, feesAccrued, feesCollected } = await streams.state();
  if (feesAccrued > feesCollected) await streams.collectFees();
  const held = await streams.balance(streams.payerTokens);
  await streams.closeBook();
  assert.equal(await streams.balance(streams.payerTokens), held + free + donated);
}
