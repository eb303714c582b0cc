import {
  type Book,
  closeBook,
  closeLine,
  collectFees,
  earnedAt,
  packVoucher,
  setVoucherSigner,
  type Targets,
  voucherToJson,
} from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import type { KeeperProcess } from "../../app/keeper/test/support/crash/process";
import { freshFolder } from "../../app/keeper/test/support/folder";
import type { OpenBook } from "../../app/keeper/test/support/world";
import {
  type Buyer,
  eventually,
  fundedBuyer,
  readBook,
  sign,
  tokenAddress,
  tokensIn,
} from "./buyer";
import { type Cluster, FUNDS, migrate, startCluster } from "./cluster";
import { type KeeperSetup, post, setUpKeeper } from "./keeper";
import { freePorts } from "./node";
import { clockOf, passTime } from "./rpc";

/** A voucher over so many lines leaves no room for a second one: it is the bulk thread's own. */
const FED_LINES = 60;
const DEPOSIT = 10_000_000n;
const EARNED = 3_000_001n;
const RATE = 250_000n;
const GRACE_SECONDS = 900;
const NEVER = 2n ** 63n - 1n;
const NO_CAP = 2n ** 64n - 1n;

/** What a payee gets of a gross amount: the mint's fee is 1 %, rounded up. */
const net = (gross: bigint): bigint => gross - (gross + 99n) / 100n;

describe("cluster / from a fresh node to empty books (W25)", () => {
  const folder = freshFolder();
  let cluster: Cluster;
  let buyer: Buyer;
  let setup: KeeperSetup;
  let keeper: KeeperProcess;
  let metered: OpenBook;
  let fed: OpenBook;
  let streamed: OpenBook;

  const read = (open: OpenBook): Promise<Book> => readBook(cluster.connection, open.address);
  const paidTo = async (open: OpenBook): Promise<bigint[]> => {
    const owners = open.payees.map(({ publicKey }) => publicKey);
    const accounts = owners.map((owner) => tokenAddress(cluster, owner));
    return Promise.all(accounts.map((account) => tokensIn(cluster.connection, account)));
  };
  const lineVoucher = async (line: number, cumulative: bigint, signer?: Keypair) => {
    const targets: Targets = { kind: "sparse", entries: [{ line, cumulative }] };
    return voucherToJson(await sign(cluster.connection, metered, targets, signer));
  };

  before(async () => {
    cluster = await startCluster({ folder, port: await freePorts(), report: () => undefined });
    buyer = await fundedBuyer(cluster);
    const terms = { deposit: DEPOSIT };
    metered = await buyer.open({ id: 0, lines: new Array(4).fill(terms) });
    fed = await buyer.open({ id: 1, lines: new Array(FED_LINES).fill(terms) });
    streamed = await buyer.open({ id: 2, lines: [{ deposit: 1_000n * RATE, rate: RATE }] });
    setup = await setUpKeeper({ cluster, url: cluster.node.url });
  });

  after(async () => {
    await keeper?.kill();
    await cluster?.node.kill();
  });

  it("W25a: migrations that run again find everything done", async () => {
    const args = { url: cluster.node.url, wallet: cluster.authorityFile };
    const lines = await migrate({ ...args, config: `${folder}/clusters.json` });
    for (const step of ["initialize-streams", "enable-mints", "hand-over-streams"]) {
      assert.include(lines, `${step}: done before`);
    }
  });

  it("W25b: the quick start's check and dry run name the key, and send nothing", async () => {
    const before = await cluster.connection.getBalance(setup.address);
    const checked = JSON.parse(await setup.once("--check"));
    assert.equal(checked.payerAddress, setup.address.toBase58());
    assert.equal(checked.cluster.url, cluster.node.url);
    const pass = await setup.once("--once", "--dry-run");
    assert.include(pass, '"settle-books"');
    assert.equal(await cluster.connection.getBalance(setup.address), before);
  });

  it("W25c: vouchers posted singly, in a batch and as a bulk feed are settled and paid", async () => {
    keeper = setup.start();
    const single = await post({
      keeper,
      path: "/vouchers",
      body: JSON.stringify(await lineVoucher(0, EARNED)),
    });
    assert.equal(single.status, 202, JSON.stringify(single.body));
    const both = await Promise.all([lineVoucher(1, EARNED + 1n), lineVoucher(2, DEPOSIT + 5n)]);
    const batch = await post({ keeper, path: "/vouchers/batch", body: JSON.stringify(both) });
    assert.deepInclude(batch.body, { accepted: 2, refused: 0 });
    const cumulative = fed.payees.map((_, line) => EARNED + BigInt(line));
    const dense = await sign(cluster.connection, fed, { kind: "dense", start: 0, cumulative });
    const bulk = await post({
      keeper,
      path: "/vouchers/bulk",
      body: JSON.stringify({ packed: Buffer.from(packVoucher(dense)).toString("base64") }),
      type: "application/x-ndjson",
    });
    assert.deepInclude(bulk.body, { accepted: 1, superseded: 0 });

    const meters = [EARNED, EARNED + 1n, DEPOSIT, 0n];
    await eventually("everything is claimed", async () => {
      const books = [await read(metered), await read(fed)];
      const claimed = books.map(({ lines }) => lines.map((line) => line.claimed));
      return `${claimed}` === `${[meters, cumulative]}`;
    });
    assert.deepEqual(await paidTo(metered), meters.map(net));
    assert.deepEqual(await paidTo(fed), cumulative.map(net));
  });

  it("W25d: a stream by the second pays what the node's clock says", async () => {
    const opened = (await read(streamed)).lines[0];
    assert.isDefined(opened);
    await passTime({ url: cluster.node.url, seconds: 30 });
    await eventually("the stream is claimed", async () => {
      const claimed = (await read(streamed)).lines[0]?.claimed ?? 0n;
      return claimed >= 30n * RATE;
    });
    const book = await read(streamed);
    const [line] = book.lines;
    assert.isDefined(line);
    const { unixSeconds: now } = await clockOf(cluster.node.url);
    assert.isTrue(line.claimed <= earnedAt({ line, now }));
    assert.equal(line.accrued - opened.accrued, RATE * (line.accruedAt - opened.accruedAt));
    assert.deepEqual(await paidTo(streamed), [net(line.claimed)]);
  });

  it("W25e: a key change pays what the former key had signed, and takes the new key's vouchers", async () => {
    const former = await lineVoucher(3, EARNED);
    const taken = await post({ keeper, path: "/vouchers", body: JSON.stringify(former) });
    assert.equal(taken.status, 202, JSON.stringify(taken.body));
    const signer = Keypair.generate();
    await buyer.send(
      setVoucherSigner({
        payer: buyer.wallet.publicKey,
        book: metered.address,
        signer: signer.publicKey,
        expiresAt: NEVER,
        cap: NO_CAP,
      }),
    );
    const next = await lineVoucher(0, 2n * EARNED, signer);
    await eventually("the keeper knows the new key", async () => {
      const answer = await post({ keeper, path: "/vouchers", body: JSON.stringify(next) });
      return answer.status === 202 || answer.status === 200;
    });
    const expected = [2n * EARNED, EARNED + 1n, DEPOSIT, EARNED];
    await eventually("both are claimed", async () => {
      const { lines } = await read(metered);
      return `${lines.map(({ claimed }) => claimed)}` === `${expected}`;
    });
    assert.deepEqual(await paidTo(metered), expected.map(net));
  });

  it("W25f: closed lines go after their grace, and every unit is where it belongs", async () => {
    const books = [metered, fed, streamed];
    const payer = buyer.wallet.publicKey;
    for (const open of books) {
      const closes = open.payees.map((_, line) =>
        closeLine({ authority: payer, book: open.address, line }),
      );
      for (let at = 0; at < closes.length; at += 20) await buyer.send(...closes.slice(at, at + 20));
    }
    const closing = await Promise.all(books.map(read));
    await passTime({ url: cluster.node.url, seconds: GRACE_SECONDS / 2 });
    const half = await Promise.all(books.map(read));
    assert.isTrue(half.every(({ lines }) => lines.every((line) => !line.removed)));
    await passTime({ url: cluster.node.url, seconds: GRACE_SECONDS / 2 + 1 });
    await eventually("every line is removed", async () => {
      const found = await Promise.all(books.map(read));
      return found.every(({ lineCount }) => lineCount === 0);
    });

    let paid = 0n;
    let fees = 0n;
    for (const [at, open] of books.entries()) {
      const book = await read(open);
      // Nothing was earned after the close; all of it is paid, once. A removed line holds nothing.
      const earned = (closing[at]?.lines ?? []).map((line) =>
        earnedAt({ line, now: line.accruedAt }),
      );
      assert.deepEqual(await paidTo(open), earned.map(net));
      const total = earned.reduce((sum, gross) => sum + gross, 0n);
      assert.deepEqual([book.claimed, book.free], [total, book.deposited - total]);
      paid += earned.reduce((sum, gross) => sum + net(gross), 0n);
      fees += total - earned.reduce((sum, gross) => sum + net(gross), 0n);
      const { mint } = cluster;
      const treasury = tokenAddress(cluster, cluster.authority.publicKey);
      const destination = tokenAddress(cluster, payer);
      await buyer.send(
        collectFees({ book: open.address, mint, treasury }),
        closeBook({ payer, book: open.address, mint, destination }),
      );
      assert.isNull(await cluster.connection.getAccountInfo(book.vault));
    }
    const treasury = tokenAddress(cluster, cluster.authority.publicKey);
    assert.equal(await tokensIn(cluster.connection, treasury), fees);
    const left = await tokensIn(cluster.connection, tokenAddress(cluster, payer));
    assert.equal(left, FUNDS.tokens - paid - fees);
  });

  it("W25g: the keeper failed at nothing, and ends in order", async () => {
    assert.equal(await keeper.stop(), 0);
    const trouble = keeper
      .output()
      .split("\n")
      .filter((line) => /"level":(50|60)/.test(line));
    assert.deepEqual(trouble, []);
  });
});
