import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fixedKeypair, PROGRAM_DIRECTORY } from "@pinfi/localnet";
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeMint2Instruction,
  createMintToInstruction,
  MINT_SIZE,
} from "@solana/spl-token";
import { type PublicKey, SystemProgram } from "@solana/web3.js";
import { expect } from "chai";
import { type Cluster, startCluster } from "../examples/cluster";
import {
  type AccountLike,
  associatedTokenAddress,
  compileTransaction,
  signTransaction,
  TOKEN_2022_PROGRAM_ID,
  type TransactionFormat,
} from "../src";
import * as sdk from "../src/streams";
import { PROGRAM_BYTES } from "../src/streams/budget";
import { openBookWith } from "./books";

describe("sdk / on a cluster", () => {
  let cluster: Cluster;
  let nextId = 0;
  /** Signs for the payer where a cap is wanted: the payer's own key cannot be given one. */
  const delegate = fixedKeypair(230);
  before(() => {
    cluster = startCluster();
  });

  function open(lines: number, rate = 0n): PublicKey {
    nextId += 1;
    return openBookWith(cluster, { id: nextId, lines, rate });
  }

  function settleOf(book: PublicKey, targets: sdk.Targets, signer = cluster.net.payer): sdk.Settle {
    const account = cluster.book(book);
    const { voucherDomain: domain } = account;
    const voucher = sdk.signVoucher({ domain, book, targets, signer });
    return sdk.settleOf({ address: book, book: account, voucher });
  }

  const dense = (count: number, total: bigint): sdk.Targets => ({
    kind: "dense",
    start: 0,
    cumulative: new Array<bigint>(count).fill(total),
  });

  function sendBatch(batch: sdk.SettleBatch) {
    const { blockhash } = cluster.net.latestBlockhash();
    const transaction = compileTransaction({ ...batch, blockhash });
    return cluster.net.send(signTransaction({ transaction, signers: [cluster.net.payer] }));
  }

  function pack(settles: sdk.Settle[], format: TransactionFormat, limits?: boolean) {
    const payer = cluster.net.payer.publicKey;
    return sdk.packSettles({ settles, payer, format, ...(limits === undefined ? {} : { limits }) });
  }

  const sparse = (count: number, total: bigint): sdk.Targets => ({
    kind: "sparse",
    entries: Array.from({ length: count }, (_, line) => ({ line, cumulative: total })),
  });

  const full = [
    { what: "dense", make: dense, max: sdk.maxDenseTargets, rate: 0n, cap: null },
    { what: "dense, capped", make: dense, max: sdk.maxDenseTargets, rate: 0n, cap: 10_000n },
    { what: "dense, with rates", make: dense, max: sdk.maxDenseTargets, rate: 1n, cap: null },
    { what: "sparse", make: sparse, max: sdk.maxSparseTargets, rate: 0n, cap: null },
    {
      what: "sparse, with rates and a cap",
      make: sparse,
      max: sdk.maxSparseTargets,
      rate: 1n,
      cap: 10_000n,
    },
  ];

  for (const format of ["v0", "v1"] as const) {
    for (const { what, make, max, rate, cap } of full) {
      it(`settles a full ${format} transaction within its budget: ${what}`, () => {
        const most = max({ format, limits: true });
        const book = open(most, rate);
        if (cap !== null) {
          const payer = cluster.admin.publicKey;
          const expiresAt = 2n ** 63n - 1n;
          const terms = { payer, book, signer: delegate.publicKey, expiresAt, cap };
          cluster.run([sdk.setVoucherSigner(terms)]);
        }
        cluster.net.advance({ seconds: 3n });
        const [batch] = pack(
          [settleOf(book, make(most, 7n), cap === null ? undefined : delegate)],
          format,
          true,
        );
        const { failure, units } = sendBatch(batch as sdk.SettleBatch);
        expect(failure).to.equal(null);
        const limit = batch?.budget.computeUnitLimit ?? 0;
        expect(Number(units)).to.be.within((limit - 1_400) * 0.6, limit);
        expect(cluster.book(book).lines.every(({ vouched }) => vouched === 7n)).to.equal(true);
      });
    }

    it(`settles as many books in a ${format} transaction as fit`, () => {
      const books = Array.from({ length: sdk.maxBooks(format) }, () => open(1));
      const batches = pack(
        books.map((book) => settleOf(book, dense(1, 5n))),
        format,
      );
      expect(batches).to.have.length(1);
      const { failure, units } = sendBatch(batches[0] as sdk.SettleBatch);
      expect(failure).to.equal(null);
      expect(Number(units) / books.length).to.be.below(700);
      for (const book of books) expect(cluster.book(book).lines[0]?.vouched).to.equal(5n);
    });
  }

  it("settles the books of 34 payers in a v1 transaction where streams verifies", () => {
    const options = { format: "v1", verifiedBy: "program" } as const;
    const books = Array.from({ length: sdk.maxBooks(options) }, () => open(1));
    const settles = books.map((book) => settleOf(book, dense(1, 5n)));
    const batches = sdk.packSettles({ settles, payer: cluster.admin.publicKey, ...options });
    expect(batches.map(({ settles: held }) => held.length)).to.deep.equal([34]);
    const { failure, units, logs } = sendBatch(batches[0] as sdk.SettleBatch);
    expect(failure).to.equal(null);
    const limit = batches[0]?.budget.computeUnitLimit ?? 0;
    expect(Number(units)).to.be.within(limit / 2, limit);
    expect(sdk.decodeEvents(logs)).to.deep.equal([
      { name: "SettledMany", fields: { skipped: 0n } },
    ]);
    for (const book of books) expect(cluster.book(book).lines[0]?.vouched).to.equal(5n);
  });

  it("settles a full v1 transaction of one book within its budget where streams verifies", () => {
    const options = { format: "v1", verifiedBy: "program" } as const;
    const most = sdk.maxDenseTargets(options);
    const book = open(most, 1n);
    cluster.net.advance({ seconds: 3n });
    const settles = [settleOf(book, dense(most, 7n))];
    const [batch] = sdk.packSettles({ settles, payer: cluster.admin.publicKey, ...options });
    expect(sendBatch(batch as sdk.SettleBatch).failure).to.equal(null);
    expect(cluster.book(book).lines.at(-1)?.vouched).to.equal(7n);
  });

  it("knows a book that somebody has closed", () => {
    const { admin, mint, run, send, net } = cluster;
    const payer = admin.publicKey;
    const book = open(0);
    net.advance({ slots: 1n });
    const vault = { book, mint, destination: admin.tokens };
    run([sdk.closeBook({ ...vault, payer })]);
    const late = {
      claim: sdk.claim({ book, mint, line: 0, payee: payer }),
      close_book: sdk.closeBook({ ...vault, payer }),
      remove_line: sdk.removeLine({ book, line: 0 }),
      collect_fees: sdk.collectFees({ book, mint }),
      reap: sdk.reap({ book, mint, payer }),
    } as const;
    for (const [name, instruction] of Object.entries(late)) {
      const { logs: error } = send([instruction]);
      const race = { instruction: name as keyof typeof late, error };
      expect(sdk.somebodyWasFirst(race), name).to.equal(true);
    }
  });

  it("pays several lines at once", () => {
    const { net, admin, mint, run, tokensIn } = cluster;
    const book = open(3, 1n);
    net.advance({ seconds: 2n });
    const before = tokensIn(admin.tokens);
    const claims = [0, 1, 9].map((line) => ({ line, payee: admin.publicKey }));
    const { logs } = run([sdk.claimMany({ book, mint, claims })]);
    const [event] = sdk.decodeEvents(logs);
    expect(event?.fields).to.include({ amount: 4n, fees: 2n, skipped: 0b100 });
    expect(tokensIn(admin.tokens) - before).to.equal(2n);
  });

  it("shares in a pool what the quotes say", () => {
    const { net, admin, mint, run, wallet, tokensIn } = cluster;
    const owner = admin.publicKey;
    const members = [221, 222].map((seed) => wallet({ seed, tokens: 0n }));
    const pool = sdk.poolAddress({ owner, mint, id: 1 });
    run([
      sdk.openPool({ owner, mint, id: 1 }),
      ...members.map(({ publicKey: who }, nth) =>
        sdk.setUnits({ owner, pool, mint, who, units: BigInt(nth + 1) }),
      ),
      sdk.distribute({ pool, mint, funder: owner, source: admin.tokens, amount: 100n }),
    ]);
    const state = sdk.decodePool(net.account(pool) as AccountLike);
    expect(state).to.include({ totalUnits: 3n, distributed: 100n, members: 2 });
    const quotes = members.map(({ publicKey: who }) => {
      const account = net.account(sdk.memberAddress({ pool, who }));
      return sdk.memberClaimable({
        pool: state,
        member: sdk.decodeMember(account as AccountLike),
      });
    });
    expect(quotes).to.deep.equal([33n, 66n]);
    run(
      members.flatMap(({ publicKey: who }) => [
        sdk.claimMember({ pool, mint, who }),
        sdk.setUnits({ owner, pool, mint, who, units: 0n }),
        sdk.closeMember({ owner, pool, who }),
      ]),
    );
    expect(members.map(({ tokens }) => tokensIn(tokens))).to.deep.equal([33n, 66n]);
    run([sdk.closePool({ pool, mint, owner, destination: admin.tokens })]);
    expect(net.account(pool)).to.equal(null);
  });

  it("is told what is wrong with a voucher in words, where the limit is not a tight one", () => {
    const { book, domain, voucher } = settleOf(open(455, 1n), dense(456, 1n));
    const [batch] = pack([{ book, domain, voucher }], "v1");
    const { logs } = sendBatch(batch as sdk.SettleBatch);
    expect(sdk.explainError(logs)).to.include({ source: "streams", name: "LineOutOfRange" });

    const [tight] = pack([settleOf(open(1), { ...dense(1, 1n), start: 9 } as sdk.Targets)], "v1");
    const out = sendBatch(tight as sdk.SettleBatch);
    expect(sdk.explainError(out.logs)).to.include({ name: "ComputationalBudgetExceeded" });
  });

  it("leaves room for the program in the limit on loaded data", () => {
    // LiteSVM does not count a program's code, clusters do.
    const { size } = statSync(resolve(PROGRAM_DIRECTORY, "streams.so"));
    expect(size).to.be.below(PROGRAM_BYTES - 64 * 1024);
  });

  it("moves tokens of Token-2022", () => {
    const { net, admin, run, tokensIn } = cluster;
    const payer = admin.publicKey;
    const tokenProgram = TOKEN_2022_PROGRAM_ID;
    const mintKey = fixedKeypair(211);
    const mint = mintKey.publicKey;
    const tokens = associatedTokenAddress({ owner: payer, mint, tokenProgram });
    const book = sdk.bookAddress({ payer, mint, id: 0 });
    run(
      [
        SystemProgram.createAccount({
          fromPubkey: payer,
          newAccountPubkey: mint,
          lamports: Number(net.minimumBalance(MINT_SIZE)),
          space: MINT_SIZE,
          programId: tokenProgram,
        }),
        createInitializeMint2Instruction(mint, 0, payer, null, tokenProgram),
        createAssociatedTokenAccountIdempotentInstruction(payer, tokens, payer, mint, tokenProgram),
        createMintToInstruction(mint, tokens, payer, 100n, [], tokenProgram),
      ],
      { keypair: mintKey, publicKey: mint, tokens },
    );
    const terms = { minDeposit: 1n, allowedExtensions: 0n, feeBps: 0, burnBps: 0, enabled: true };
    const line = { payer, book, line: 0, payee: payer, deposit: 60n, rate: 1n, controlled: false };
    run([
      sdk.setMintPolicy({ authority: payer, payer, mint, ...terms }),
      sdk.openBook({ payer, mint, id: 0, graceSeconds: 900, tokenProgram }),
      sdk.deposit({ book, mint, tokenProgram, funder: payer, source: tokens, amount: 100n }),
      sdk.addLine(line),
    ]);
    net.advance({ seconds: 25n });
    run([
      sdk.claim({ book, mint, tokenProgram, line: 0, payee: payer }),
      sdk.refund({ book, mint, tokenProgram, payer, destination: tokens, amount: 40n }),
    ]);
    expect(tokensIn(tokens)).to.equal(65n);
  });

  it("quotes what a claim then pays, and reads it in the events", () => {
    const { net, mint, admin, tokensIn, now } = cluster;
    const book = open(1, 2n);
    net.advance({ seconds: 4n });
    const claimed = { book, mint, payee: admin.publicKey, line: 0 };
    const before = tokensIn(admin.tokens);
    const account = cluster.book(book);
    const [line] = account.lines;
    const quote = sdk.claimQuote({ book: account, line: line as sdk.Line, now: now() });
    expect(quote).to.deep.equal({ gross: 8n, fee: 1n, net: 7n });
    const { logs } = cluster.run([sdk.claim(claimed)]);
    expect(tokensIn(admin.tokens) - before).to.equal(7n);
    const [event] = sdk.decodeEvents(logs);
    expect(event?.name).to.equal("Claimed");
    expect(event?.fields).to.include({ amount: 8n, fee: 1n, totalClaimed: 8n });

    const again = cluster.send([sdk.claim(claimed)]);
    expect(sdk.somebodyWasFirst({ instruction: "claim", error: again.logs })).to.equal(true);
  });
});
