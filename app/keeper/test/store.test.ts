import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, statSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { listTargets, signVoucher, voucherFromJson, voucherToJson } from "@pinfi/sdk/streams";
import { Keypair, PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { openLibsqlStore, type Store, type StoredVoucher, StoreError } from "../src";
import { feeLimits } from "../src/engine/tx/limits";
import { openSpendCap } from "../src/engine/tx/spend";
import { createPendingVouchers, loadPending } from "../src/programs/streams/vouchers/pending";
import { freshFolder } from "./support/folder";
import { freshStoreUrl } from "./support/running";
import { until } from "./support/until";

const stored = (signature: string): StoredVoucher => ({
  signature,
  book: "book",
  domain: "00",
  receivedAtMs: 1_700_000_000_123,
  voucher: '{"any":"text"}',
});

/** Bytes between two cuts: has no factor in common with pages and frames, so all parts are met. */
const CUT_STEP = 61;

const signatures = async (store: Store) =>
  (await store.tables.streams.vouchers()).map(({ signature }) => signature);

const refusalOf = (run: () => unknown): StoreError => {
  try {
    run();
  } catch (error) {
    assert.instanceOf(error, StoreError);
    return error as StoreError;
  }
  throw new Error("nothing was refused");
};

describe("keeper / store", () => {
  it("gives back what it took, in order, after it was opened anew", async () => {
    const url = freshStoreUrl();
    const first = openLibsqlStore({ url });
    await first.tables.streams.change({
      insert: [stored("a"), stored("b"), stored("c")],
      remove: [],
    });
    await first.tables.streams.change({ insert: [stored("d")], remove: ["b", "unknown"] });
    await first.close();
    const second = openLibsqlStore({ url });
    assert.deepEqual(await second.tables.streams.vouchers(), [
      stored("a"),
      stored("c"),
      stored("d"),
    ]);
    await second.close();
  });

  it("takes a voucher once, however often it is given", async () => {
    const store = openLibsqlStore({ url: freshStoreUrl() });
    await store.tables.streams.change({ insert: [stored("a"), stored("a")], remove: [] });
    await store.tables.streams.change({ insert: [stored("a")], remove: [] });
    assert.deepEqual(await signatures(store), ["a"]);
    await store.close();
  });

  it("takes all of a change or nothing", async () => {
    const store = openLibsqlStore({ url: freshStoreUrl() });
    const broken = { ...stored("c"), book: null as unknown as string };
    await store.tables.streams.change({ insert: [stored("a")], remove: [] });
    const failure = await store.tables.streams
      .change({ insert: [stored("b"), broken], remove: ["a"] })
      .catch((error) => error);
    assert.instanceOf(failure, StoreError);
    assert.deepEqual(await signatures(store), ["a"]);
    await store.tables.streams.change({ insert: [stored("b")], remove: ["a"] });
    assert.deepEqual(await signatures(store), ["b"]);
    await store.close();
  });

  it("fails with StoreError once closed, and for a place that cannot be", async () => {
    const store = openLibsqlStore({ url: freshStoreUrl() });
    await store.close();
    const failure = await store.probe().catch((error) => error);
    assert.instanceOf(failure, StoreError);
    assert.throws(() => openLibsqlStore({ url: "file:/nowhere/at/all.db" }), StoreError);
  });

  it("belongs to one keeper at a time, by whatever path it is named (K40)", async () => {
    const url = freshStoreUrl();
    const link = join(freshFolder(), "link.db");
    const first = openLibsqlStore({ url });
    await first.tables.streams.change({ insert: [stored("a")], remove: [] });
    symlinkSync(url.slice("file:".length), link);
    for (const name of [url, `file:${link}`]) {
      const failure = refusalOf(() => openLibsqlStore({ url: name }));
      assert.equal(failure.code, "StoreInUse");
      assert.match(
        failure.message,
        /^another keeper uses \S+keeper\.db: stop it, or give this one/,
      );
    }
    await first.tables.streams.change({ insert: [stored("b")], remove: [] });
    await first.close();
    const second = openLibsqlStore({ url: `file:${link}` });
    assert.deepEqual(await signatures(second), ["a", "b"]);
    await second.close();
  });

  it("ignores what a power loss has cut off, wherever it was cut (K16)", async () => {
    const path = join(freshFolder(), "keeper.db");
    const store = openLibsqlStore({ url: `file:${path}` });
    await store.tables.streams.change({ insert: [stored("a")], remove: [] });
    const before = statSync(`${path}-wal`).size;
    await store.tables.streams.change({ insert: [stored("b")], remove: [] });
    const after = statSync(`${path}-wal`).size;
    assert.isAbove(after, before);
    const folder = freshFolder();
    const found = async (length: number): Promise<string[]> => {
      const copy = join(folder, `${length}.db`);
      copyFileSync(path, copy);
      copyFileSync(`${path}-wal`, `${copy}-wal`);
      truncateSync(`${copy}-wal`, length);
      const reopened = openLibsqlStore({ url: `file:${copy}` });
      const names = await signatures(reopened);
      await reopened.close();
      return names;
    };
    for (let length = before; length < after; length += CUT_STEP) {
      assert.deepEqual(await found(length), ["a"], `cut at ${length} of ${after}`);
    }
    assert.deepEqual(await found(after - 1), ["a"]);
    assert.deepEqual(await found(after), ["a", "b"]);
    await store.close();
  });

  describe("fees of the last hour", () => {
    const limitsOf = (maxFeeLamportsPerHour: number) =>
      feeLimits({
        maxFeeLamportsPerHour,
        deadlinePercent: 0,
      });
    const fee = (signature: string, lamports: bigint) => ({
      signature,
      shares: [{ scopes: [], lamports }],
      pressing: false,
    });

    it("stay below the cap, across restarts, and fall out after an hour (K22)", async () => {
      const url = freshStoreUrl();
      let now = 1_000_000_000;
      const open = async (store: Store) =>
        openSpendCap({ store, limits: limitsOf(20_000), hostClock: () => now });
      const first = openLibsqlStore({ url });
      const before = await open(first);
      assert.isTrue(await before.reserve(fee("a", 15_000n)));
      assert.isFalse(await before.reserve(fee("b", 5_001n)));
      await first.close();

      const second = openLibsqlStore({ url });
      const after = await open(second);
      assert.equal(after.spent(), 15_000n);
      assert.isFalse(await after.reserve(fee("c", 5_001n)));
      now += 3_600_001;
      assert.isTrue(await after.reserve(fee("c", 20_000n)));
      await second.close();
    });

    it("are given back for a transaction that can no longer land", async () => {
      const store = openLibsqlStore({ url: freshStoreUrl() });
      const cap = await openSpendCap({ store, limits: limitsOf(5_000), hostClock: () => 0 });
      assert.isTrue(await cap.reserve(fee("a", 5_000n)));
      await cap.release("a");
      assert.deepEqual(await store.spends({ sinceMs: 0 }), []);
      assert.isTrue(await cap.reserve(fee("b", 5_000n)));
      await store.close();
    });
  });

  it("holds every acknowledged voucher after kill -9 during intake (K15)", async function () {
    this.timeout(180_000);
    const url = freshStoreUrl();
    for (const waitMs of [80, 250, 600]) {
      const child = await startChild(url);
      const acknowledged = await postUntilKilled(child, waitMs);
      assert.isAbove(Math.max(...acknowledged), 0);
      assert.deepEqual(await missing({ url, acknowledged, book: child.book }), []);
    }
  });
});

interface Child {
  process: ChildProcess;
  url: string;
  book: string;
  domain: Uint8Array;
  signer: Keypair;
  lines: number;
}

async function startChild(storeUrl: string): Promise<Child> {
  const script = join(__dirname, "support/intake-child.ts");
  const started = spawn(process.execPath, ["-r", "tsx/cjs", script, storeUrl], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: started.stdout }), "line")) as [string];
  const { url, book, domain, secretKey, lines } = JSON.parse(line);
  const signer = Keypair.fromSecretKey(Uint8Array.from(secretKey));
  return { process: started, url, book, domain: Uint8Array.from(domain), signer, lines };
}

/** Posts rising vouchers for all lines at once until the process dies; the best acknowledged of each. */
async function postUntilKilled(child: Child, waitMs: number): Promise<number[]> {
  const acknowledged = new Array<number>(child.lines).fill(0);
  let alive = true;
  const poster = async (line: number): Promise<void> => {
    for (let cumulative = 1; alive; cumulative += 1) {
      const voucher = signVoucher({
        domain: child.domain,
        book: new PublicKey(child.book),
        targets: { kind: "sparse", entries: [{ line, cumulative: BigInt(cumulative) }] },
        signer: child.signer,
      });
      const response = await fetch(`${child.url}/vouchers`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(voucherToJson(voucher)),
      }).catch(() => undefined);
      if (response === undefined) return;
      assert.equal(response.status, 202);
      acknowledged[line] = cumulative;
    }
  };
  const posters = acknowledged.map((_, line) => poster(line));
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  await until("an acknowledgement", () => Math.max(...acknowledged) > 0);
  const exited = once(child.process, "exit");
  child.process.kill("SIGKILL");
  await exited;
  alive = false;
  await Promise.all(posters);
  return acknowledged;
}

/** Lines whose best stored voucher is below what was acknowledged. */
async function missing(args: {
  url: string;
  acknowledged: readonly number[];
  book: string;
}): Promise<number[]> {
  const store = openLibsqlStore({ url: args.url });
  const pending = createPendingVouchers();
  await loadPending({ pending, store: store.tables.streams });
  const best = new Map<number, bigint>();
  for (const { selection } of pending.ofBook(args.book)) {
    for (const { voucher } of selection.kept.values()) {
      assert.deepEqual(voucherFromJson(voucherToJson(voucher)).targets, voucher.targets);
      for (const { line, cumulative } of listTargets(voucher.targets)) {
        if (cumulative > (best.get(line) ?? 0n)) best.set(line, cumulative);
      }
    }
  }
  await store.close();
  return args.acknowledged.flatMap((cumulative, line) =>
    (best.get(line) ?? 0n) < BigInt(cumulative) ? [line] : [],
  );
}
