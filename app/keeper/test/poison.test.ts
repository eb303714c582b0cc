import { feeUp, TOKEN_2022_PROGRAM_ID } from "@pinfi/sdk";
import { voucherToJson } from "@pinfi/sdk/streams";
import {
  createCloseAccountInstruction,
  createDisableRequiredMemoTransfersInstruction,
  createEnableRequiredMemoTransfersInstruction,
  createReallocateInstruction,
  ExtensionType,
} from "@solana/spl-token";
import { type Keypair, SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import type { Chain } from "../src";
import { changedChain, type Running, startOn } from "./support/running";
import { createWorld, type OpenBook, type World } from "./support/world";

/** Base units vouched for each line. */
const OWED = 100n;
/** What a payee gets of it: the world's policy takes 1 %. */
const NET = OWED - feeUp(OWED, 100);

/** What a payee's account can come to, how it is mended, and how a look at it is named. */
interface Poison {
  name: string;
  reason: string;
  /** Codes by which a claim that is under way may be refused. */
  code: string;
  spoil(world: World, payee: Keypair): void;
  mend(world: World, payee: Keypair): void;
}

const close = (world: World, payee: Keypair): void =>
  world.send(
    [
      createCloseAccountInstruction(
        world.tokenAddress(payee.publicKey),
        world.authority.publicKey,
        payee.publicKey,
        [],
        world.tokenProgram,
      ),
    ],
    [payee],
  );

const POISONS: readonly Poison[] = [
  {
    name: "frozen",
    reason: "TokenAccountFrozen",
    code: "AccountFrozen",
    spoil: (world, { publicKey }) => world.freeze(publicKey),
    mend: (world, { publicKey }) => world.thaw(publicKey),
  },
  {
    name: "closed",
    reason: "TokenAccountMissing",
    code: "AccountNotInitialized",
    spoil: close,
    mend: (world, { publicKey }) => world.createTokenAccount(publicKey),
  },
  {
    name: "memo-required",
    reason: "TokenAccountMemoRequired",
    code: "Custom36",
    spoil: (world, payee) => {
      const account = world.tokenAddress(payee.publicKey);
      const { authority, tokenProgram } = world;
      world.send(
        [
          createReallocateInstruction(
            account,
            authority.publicKey,
            [ExtensionType.MemoTransfer],
            payee.publicKey,
            [],
            tokenProgram,
          ),
          createEnableRequiredMemoTransfersInstruction(account, payee.publicKey, [], tokenProgram),
        ],
        [payee],
      );
    },
    mend: (world, payee) =>
      world.send(
        [
          createDisableRequiredMemoTransfersInstruction(
            world.tokenAddress(payee.publicKey),
            payee.publicKey,
            [],
            world.tokenProgram,
          ),
        ],
        [payee],
      ),
  },
];

describe("keeper / poisoned payees of one batch", () => {
  let world: World;
  const running: Running[] = [];

  beforeEach(() => {
    world = createWorld({ tokenProgram: TOKEN_2022_PROGRAM_ID });
  });

  afterEach(async () => {
    for (const keeper of running.splice(0)) await keeper.end();
  });

  const start = async (args: Parameters<typeof startOn>[1] = {}): Promise<Running> => {
    const keeper = await startOn(world, args);
    running.push(keeper);
    return keeper;
  };

  /** One book of so many lines, each owed the same and settled; only the claims are still to do. */
  const settledBook = async (keeper: Running, lines: number, accounts = true) => {
    const open = world.openBook({ lines, payeeAccounts: accounts });
    const cumulative = open.payees.map(() => OWED);
    const voucher = world.voucher(open, { kind: "dense", start: 0, cumulative });
    const answer = await keeper.post("/vouchers", voucherToJson(voucher));
    assert.equal(answer.status, 202);
    await keeper.runOnce({ tasks: ["settle-books"] });
    return open;
  };
  /** A chain on which something happens once, after a task has looked and before it sends. */
  const interrupted = () => {
    let strike = (): void => {};
    const chain = changedChain(world, ({ latestBlockhash }: Chain) => ({
      latestBlockhash: (waiting) => {
        strike();
        strike = () => {};
        return latestBlockhash(waiting);
      },
    }));
    const afterTheLook = (happen: () => void): void => {
      strike = happen;
    };
    return { chain, afterTheLook };
  };
  const balances = (open: OpenBook) => open.payees.map(({ publicKey }) => world.balance(publicKey));
  const payeeOf = (open: OpenBook, line: number) => open.payees[line] as Keypair;
  const claims = (keeper: Running) => keeper.runOnce({ tasks: ["claim-due"] });

  it("are left out, each for its reason, while the others are paid; mended, they are paid once (K23)", async () => {
    const keeper = await start();
    // The last one never had an account.
    const open = await settledBook(keeper, POISONS.length + 2, false);
    const missing = open.payees.length - 1;
    for (const { publicKey } of open.payees.slice(0, missing)) world.createTokenAccount(publicKey);
    for (const [line, { spoil }] of POISONS.entries()) spoil(world, payeeOf(open, line));

    const pass = await claims(keeper);
    assert.deepInclude(pass["claim-due"], { landed: 1, skipped: 4, failed: 0, transactions: 1 });
    assert.deepEqual(balances(open), [0n, 0n, 0n, NET, 0n]);
    const metrics = await (await fetch(`${keeper.operationsUrl}/metrics`)).text();
    const skipped = (reason: string) =>
      new RegExp(`skipped_total\\{task="claim-due",reason="${reason}"\\} (\\d+)`).exec(
        metrics,
      )?.[1];
    assert.deepEqual(
      ["TokenAccountFrozen", "TokenAccountMissing", "TokenAccountMemoRequired"].map(skipped),
      ["1", "2", "1"],
    );

    for (const [line, { mend }] of POISONS.entries()) mend(world, payeeOf(open, line));
    world.createTokenAccount(payeeOf(open, missing).publicKey);
    assert.deepInclude((await claims(keeper))["claim-due"], { landed: 4, skipped: 0, failed: 0 });
    assert.deepEqual(balances(open), [NET, NET, NET, NET, NET]);
    assert.deepInclude((await claims(keeper))["claim-due"], { due: 0, transactions: 0 });
    assert.isEmpty(keeper.failures);
  });

  for (const { name, reason, code, spoil, mend } of POISONS) {
    it(`${name} after it was looked at: the others are paid, it waits, and is paid once (K23)`, async () => {
      let nowMs = Date.now();
      const { chain, afterTheLook } = interrupted();
      const keeper = await start({ chain, options: { hostClock: () => nowMs } });
      const open = await settledBook(keeper, 5);
      afterTheLook(() => spoil(world, payeeOf(open, 2)));
      const pass = await claims(keeper);
      assert.deepInclude(pass["claim-due"], { due: 5, landed: 4, failed: 1 });
      assert.deepEqual(balances(open), [NET, NET, 0n, NET, NET]);
      assert.deepInclude(keeper.failures[0], { failure: "program", code });

      nowMs += 30_001;
      assert.deepInclude((await claims(keeper))["claim-due"], { due: 0, skipped: 1 });
      const metrics = await (await fetch(`${keeper.operationsUrl}/metrics`)).text();
      assert.include(metrics, `reason="${reason}"} 1`);
      mend(world, payeeOf(open, 2));
      assert.deepInclude((await claims(keeper))["claim-due"], { due: 1, landed: 1 });
      assert.deepEqual(balances(open), [NET, NET, NET, NET, NET]);
      assert.deepInclude((await claims(keeper))["claim-due"], { due: 0, transactions: 0 });
    });
  }

  it("counts a book that was closed after it was looked at as a lost race, not as a failure (K25)", async () => {
    const { chain, afterTheLook } = interrupted();
    const keeper = await start({ chain });
    const [gone, other] = [await settledBook(keeper, 1), await settledBook(keeper, 1)];
    const empty = { lamports: 0, data: Buffer.alloc(0), owner: SystemProgram.programId };
    afterTheLook(() =>
      world.localnet.setAccount(gone.address, { ...empty, executable: false, rentEpoch: 0 }),
    );
    const pass = await claims(keeper);
    assert.deepInclude(pass["claim-due"], { due: 2, landed: 1, settled: 1, failed: 0 });
    assert.deepEqual([...balances(gone), ...balances(other)], [0n, NET]);
    assert.isEmpty(keeper.failures);
  });
});
