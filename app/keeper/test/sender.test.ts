import { STREAMS, STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import {
  Keypair,
  SystemProgram,
  TransactionInstruction,
  VersionedTransaction,
} from "@solana/web3.js";
import { assert } from "chai";
import { pino } from "pino";
import { type Chain, inProcessChain, type KeeperError, openLibsqlStore, parseConfig } from "../src";
import type { Explain } from "../src/engine/explain";
import { feeLimits } from "../src/engine/tx/limits";
import { createSender } from "../src/engine/tx/send";
import { payerSigner } from "../src/engine/tx/signer";
import { openSpendCap } from "../src/engine/tx/spend";
import { SETTLE_SIGNING } from "../src/programs/streams/signing";
import { freshStoreUrl, startOn } from "./support/running";
import { createWorld } from "./support/world";

/** Position of the fee payer among a message's accounts. */
const FEE_PAYER = 0;

describe("keeper / sender", () => {
  const world = createWorld();
  const payer = world.fundedKey();
  const victim = Keypair.generate().publicKey;
  const limits = feeLimits(parseConfig({}).limits);
  const shares = [{ scopes: [], lamports: 5_000n }];
  const forever = new AbortController().signal;

  const explain: Explain = (failure) => failure;

  const refusal = async (...instructions: TransactionInstruction[]): Promise<KeeperError> => {
    const chain = inProcessChain({ localnet: world.localnet });
    const store = openLibsqlStore({ url: freshStoreUrl() });
    const sender = createSender({
      chain,
      signer: payerSigner(payer),
      spend: await openSpendCap({ store, limits, hostClock: Date.now }),
      format: "v0",
      explain,
      resendMs: 10,
      pollMs: 10,
      resigns: 0,
      log: pino({ level: "silent" }),
    });
    const thrown = await sender
      .send(
        {
          instructions,
          policy: SETTLE_SIGNING,
          budget: {},
          feeLamports: 5_000n,
          shares,
          pressing: false,
        },
        forever,
      )
      .then(
        () => undefined,
        (error) => error,
      );
    assert.deepEqual(await store.spends({ sinceMs: 0 }), []);
    await store.close();
    return thrown as KeeperError;
  };

  it("signs for no program but its own, and lends its signature to no instruction (K28)", async () => {
    const before = world.localnet.balance(payer.publicKey);
    const steal = SystemProgram.transfer({
      fromPubkey: payer.publicKey,
      toPubkey: victim,
      lamports: 1,
    });
    const asksForSignature = new TransactionInstruction({
      programId: STREAMS_PROGRAM_ID,
      keys: [{ pubkey: payer.publicKey, isSigner: true, isWritable: false }],
      data: Buffer.from(STREAMS.discriminator("settle")),
    });
    assert.equal((await refusal(steal)).code, "UndeclaredProgram");
    assert.equal((await refusal(asksForSignature)).code, "PayerNamed");
    assert.equal(world.localnet.balance(payer.publicKey), before);
  });

  it("signs the same work under a later blockhash, where it would be the same transaction (W06e)", async () => {
    const open = world.openBook({ lines: 1, depositPerLine: 1_000n, rate: 1n });
    const original = inProcessChain({ localnet: world.localnet });
    const old = await original.latestBlockhash();
    let isHalted = true;
    const chain: Chain = {
      ...original,
      // As a node's answer that is used for some seconds; a halted cluster has no other.
      latestBlockhash: async (args) =>
        isHalted || args?.unlike !== old.blockhash ? old : original.latestBlockhash(args),
    };
    const keeper = await startOn(world, { chain });
    const claims = async () => (await keeper.runOnce({ tasks: ["claim-due"] }))["claim-due"];
    const claimed = () => world.book(open.address).lines[0]?.claimed;
    try {
      // Both claims are made of the same instruction: the line and its payee's account.
      world.localnet.advance({ seconds: 10n });
      assert.deepInclude(await claims(), { landed: 1, failed: 0 });
      assert.equal(claimed(), 10n);
      world.localnet.advance({ seconds: 10n });
      assert.deepInclude(await claims(), { landed: 0, failed: 1 });
      assert.deepInclude(keeper.failures[0], { failure: "rpc", code: "RpcUnavailable" });
      assert.lengthOf(await keeper.store.spends({ sinceMs: 0 }), 1);
      isHalted = false;
      assert.deepInclude(await claims(), { landed: 1, failed: 0 });
      assert.equal(claimed(), 20n);
      assert.lengthOf(await keeper.store.spends({ sinceMs: 0 }), 2);
    } finally {
      await keeper.end();
    }
  });

  it("names the keeper's key in no instruction of any task (K34)", async () => {
    /** For each transaction sent, whether an instruction names the fee payer. */
    const named: boolean[] = [];
    const original = inProcessChain({ localnet: world.localnet });
    const chain: Chain = {
      ...original,
      send: async (args) => {
        const { message } = VersionedTransaction.deserialize(args.wire);
        named.push(
          message.compiledInstructions.some(({ accountKeyIndexes }) =>
            accountKeyIndexes.includes(FEE_PAYER),
          ),
        );
        await original.send(args);
      },
    };
    const keeper = await startOn(world, {
      chain,
      config: { tasks: { collectFees: { enabled: true, minAmount: 1 } } },
    });
    try {
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 1_000n));
      await keeper.runOnce();
      world.closeLine(open, 0);
      world.localnet.advance({ seconds: 900n });
      await keeper.runOnce();
      const tasks = new Set(keeper.landed.map(({ task }) => task));
      assert.hasAllKeys(tasks, ["settle-books", "claim-due", "collect-fees", "close-expired"]);
      assert.deepEqual(
        named,
        keeper.landed.map(() => false),
      );
    } finally {
      await keeper.end();
    }
  });
});
