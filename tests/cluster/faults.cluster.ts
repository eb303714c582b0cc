import { feeUp } from "@pinfi/sdk";
import { decodeBook } from "@pinfi/sdk/streams";
import { unpackAccount } from "@solana/spl-token";
import { type AccountInfo, Connection, type PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { post, type Tally } from "../../app/keeper/test/support/crash/poster";
import type { KeeperProcess } from "../../app/keeper/test/support/crash/process";
import { type Accounts, examine, isPaidOut } from "../../app/keeper/test/support/crash/proof";
import { freshFolder } from "../../app/keeper/test/support/folder";
import { randomFrom } from "../harness/random";
import { type Buyer, eventually, fundedBuyer, readBook, tokenAddress } from "./buyer";
import { type Cluster, FUNDS, startCluster } from "./cluster";
import { type KeeperSetup, setUpKeeper } from "./keeper";
import { freePorts } from "./node";
import { type NodeProxy, startProxy } from "./proxy";

/** A voucher over so many lines leaves no room for a second one: it is the bulk thread's own. */
const FED_LINES = 50;
/** Deposits of a book that never runs out, and of one that soon does. */
const PLENTY = 1_000_000n;
const SCARCE = 500n;
/** How long each fault lasts under load, ms. */
const FAULT_MS = 8_000;
const KILLS = 3;
/** Accounts that one request reads. */
const ADDRESSES_AT_ONCE = 100;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("cluster / under faults nothing is lost and nothing paid twice (W25)", () => {
  const random = randomFrom(25);
  let cluster: Cluster;
  let buyer: Buyer;
  let proxy: NodeProxy;
  let setup: KeeperSetup;
  let keeper: KeeperProcess;
  let tallies: Tally[];

  before(async () => {
    cluster = await startCluster({
      folder: freshFolder(),
      port: await freePorts(),
      report: () => undefined,
    });
    proxy = await startProxy({ port: cluster.node.port });
    buyer = await fundedBuyer(cluster);
    tallies = [
      await tally({ id: 0, count: 3, deposit: PLENTY, feeds: false }),
      await tally({ id: 1, count: 3, deposit: SCARCE, feeds: false }),
      await tally({ id: 2, count: FED_LINES, deposit: PLENTY, feeds: true }),
    ];
    const settings = {
      PINFI__TRANSACTIONS__RESEND_MS: "1000",
      PINFI__LIMITS__MAX_FEE_LAMPORTS_PER_HOUR: "10000000000",
    };
    setup = await setUpKeeper({ cluster, url: proxy.url, settings });
    keeper = setup.start();
    await keeper.listening;
  });

  after(async () => {
    await keeper?.kill();
    await proxy?.close();
    await cluster?.node.kill();
  });

  async function tally(args: {
    id: number;
    count: number;
    deposit: bigint;
    feeds: boolean;
  }): Promise<Tally> {
    const { id, count, deposit, feeds } = args;
    const open = await buyer.open({ id, lines: new Array(count).fill({ deposit }) });
    const { voucherDomain: domain } = await readBook(cluster.connection, open.address);
    const payeeAccounts = open.payees.map(({ publicKey }) => tokenAddress(cluster, publicKey));
    const none = new Array<bigint>(count).fill(0n);
    return { open, domain, payeeAccounts, feeds, posted: [...none], acknowledged: [...none] };
  }

  /**
   * Posts to every book, by all three routes, while `work` goes on, and until something was
   * acknowledged, which takes a busy machine longer; says how many were.
   */
  async function underLoad(work: () => Promise<void>): Promise<number> {
    const over = new AbortController();
    const url = await keeper.listening;
    let acknowledged = 0;
    const posting = tallies.map((each) =>
      post({
        tally: each,
        url,
        random,
        over: over.signal,
        onPosted: () => undefined,
        onAcknowledged() {
          acknowledged += 1;
        },
      }),
    );
    try {
      await work();
      await eventually("a voucher is acknowledged", async () =>
        acknowledged > 0 ? true : undefined,
      );
    } finally {
      over.abort();
      await Promise.all(posting);
    }
    return acknowledged;
  }

  /** The accounts of all books, read past the proxy. */
  async function accounts(): Promise<Accounts> {
    const books = tallies.map(({ open }) => open.address);
    const first = await readAll(books);
    const vaults = books.map((address) => decodeBook(first(address) as AccountInfo<Buffer>).vault);
    return readAll([...books, ...vaults, ...tallies.flatMap(({ payeeAccounts }) => payeeAccounts)]);
  }

  async function readAll(addresses: PublicKey[]): Promise<Accounts> {
    const found = new Map<string, AccountInfo<Buffer> | null>();
    for (let at = 0; at < addresses.length; at += ADDRESSES_AT_ONCE) {
      const part = addresses.slice(at, at + ADDRESSES_AT_ONCE);
      const infos = await cluster.connection.getMultipleAccountsInfo(part);
      for (const [index, address] of part.entries()) {
        found.set(address.toBase58(), infos[index] ?? null);
      }
    }
    return (address) => found.get(address.toBase58()) ?? null;
  }

  /** Compares every amount, the keeper being dead: what is signed, recorded, paid and left. */
  async function compare(): Promise<void> {
    const { lost, unequal, bookedLamports } = await examine({
      accounts: await accounts(),
      tallies,
      storeUrl: setup.storeUrl,
    });
    assert.deepEqual({ lost, unequal }, { lost: [], unequal: [] });
    const paid = FUNDS.lamports - (await cluster.connection.getBalance(setup.address));
    assert.isTrue(paid > 0 && BigInt(paid) <= bookedLamports, `${paid} of ${bookedLamports}`);
  }

  /** Waits until all that was acknowledged is recorded, and all that was earned is paid. */
  const allPaid = (): Promise<true> =>
    eventually("everything acknowledged is paid", async () =>
      isPaidOut(await accounts(), tallies) ? true : undefined,
    );

  it("W25h: answers of 429 slow the keeper down", async () => {
    proxy.set({ busyEvery: 2 });
    const acknowledged = await underLoad(() => pause(FAULT_MS));
    proxy.set({});
    assert.isAbove(acknowledged, 0);
    assert.isAbove(proxy.counts().busy, 0);
    await allPaid();
  });

  it("W25i: lost answers make it pay nothing twice", async () => {
    proxy.set({ loseEvery: 3 });
    const acknowledged = await underLoad(() => pause(FAULT_MS));
    proxy.set({});
    assert.isAbove(acknowledged, 0);
    assert.isAbove(proxy.counts().lost, 0);
    await allPaid();
  });

  it("W25j: a payee's subscription comes back after its WebSocket is cut", async () => {
    const [watched] = tallies;
    assert.isDefined(watched);
    const address = watched.payeeAccounts[0] as PublicKey;
    const connection = new Connection(proxy.url, "confirmed");
    let seen = 0n;
    const subscription = connection.onAccountChange(address, (account) => {
      seen = unpackAccount(address, { ...account, owner: account.owner }, account.owner).amount;
    });
    const isSeen = async (): Promise<true> => {
      const { lines } = await readBook(cluster.connection, watched.open.address);
      const claimed = lines[0]?.claimed ?? 0n;
      return eventually("the payment is told", async () =>
        seen === claimed - feeUp(claimed, 100) ? true : undefined,
      );
    };
    try {
      await underLoad(() => pause(FAULT_MS / 4));
      await allPaid();
      await isSeen();
      const before = proxy.counts().sockets;
      proxy.cutSockets();
      await eventually("it connects anew", async () => proxy.counts().sockets > before);
      await underLoad(() => pause(FAULT_MS));
      await allPaid();
      await isSeen();
    } finally {
      await connection.removeAccountChangeListener(subscription);
    }
  });

  it("W25k: a keeper killed with -9 goes on from its store", async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await underLoad(async () => {
        await pause(1_000 + random.below(FAULT_MS / 2));
        await keeper.kill();
      });
      await compare();
      keeper = setup.start();
      await keeper.listening;
    }
    await allPaid();
  });

  it("W25l: a node killed with -9 and started again", async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await underLoad(async () => {
        await pause(1_000 + random.below(FAULT_MS / 2));
        // Surfpool writes the accounts of a transaction one by one, which no validator does: it is
        // cut off first, and killed when it has answered what it was asked.
        proxy.set({ down: true });
        await proxy.idle();
        await cluster.node.kill();
        await pause(random.below(FAULT_MS / 2));
        await cluster.startAgain();
        proxy.set({});
        await pause(FAULT_MS / 2);
      });
    }
    await allPaid();
  });

  it("W25m: keeper and node killed together", async () => {
    await underLoad(async () => {
      await pause(FAULT_MS / 2);
      proxy.set({ down: true });
      await Promise.all([keeper.kill(), proxy.idle()]);
      await cluster.node.kill();
    });
    await cluster.startAgain();
    proxy.set({});
    await compare();
    keeper = setup.start();
    await keeper.listening;
    await allPaid();
  });

  it("W25n: in the end every unit is accounted for, and no fee was paid that was not booked", async () => {
    await allPaid();
    assert.equal(await keeper.stop(), 0);
    await compare();
    const state = await accounts();
    for (const { open } of tallies) {
      const book = decodeBook(state(open.address) as AccountInfo<Buffer>);
      assert.isTrue(book.claimed > 0n);
      assert.equal(book.deposited, book.free + book.committed + book.claimed);
    }
  });
});
