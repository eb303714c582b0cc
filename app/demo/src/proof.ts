import { type Book, type BookHeader, decodeBook, vaultAddress } from "@pinfi/sdk/streams";
import { AccountLayout, MintLayout } from "@solana/spl-token";
import type { PublicKey } from "@solana/web3.js";
import { KEEPER_LAMPORTS, type Market } from "./market";
import type { Check } from "./summary";

/** Tokens of an account, base units; 0 where there is none. */
function balance({ market, address }: { market: Market; address: PublicKey }): bigint {
  const account = market.localnet.account(address);
  return account === null ? 0n : AccountLayout.decode(account.data).amount;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

type RunningTotal = keyof Pick<
  BookHeader,
  "deposited" | "claimed" | "refunded" | "feesAccrued" | "feesCollected"
>;

/** The money of all books, as their accounts and vaults say. Base units. */
export interface BookTotals {
  deposited: bigint;
  claimed: bigint;
  refunded: bigint;
  feesAccrued: bigint;
  feesCollected: bigint;
  /** Tokens in the vaults, from the token accounts. */
  vault: bigint;
  /** Recorded as signed on all lines. */
  vouched: bigint;
  liveLines: number;
}

function readBook({ market, book }: { market: Market; book: PublicKey }): Book {
  const account = market.localnet.account(book);
  if (account === null) throw new Error(`the book ${book.toBase58()} is not there`);
  return decodeBook(account);
}

/** What is recorded as signed on each line of a payer's book, base units. */
export function readVouched({ market, payer }: { market: Market; payer: number }): bigint[] {
  const book = market.payers[payer]?.book;
  if (book === undefined) throw new RangeError(`there is no payer ${payer}`);
  return readBook({ market, book }).lines.map(({ vouched }) => vouched);
}

/** Reads every book and vault. */
export function readBooks(market: Market): BookTotals {
  const books = market.payers.map(({ book }) => readBook({ market, book }));
  const of = (key: RunningTotal) => sum(books.map((book) => book[key]));
  return {
    deposited: of("deposited"),
    claimed: of("claimed"),
    refunded: of("refunded"),
    feesAccrued: of("feesAccrued"),
    feesCollected: of("feesCollected"),
    vault: sum(books.map(({ vault }) => balance({ market, address: vault }))),
    vouched: sum(books.flatMap(({ lines }) => lines.map(({ vouched }) => vouched))),
    liveLines: books.reduce((total, { lineCount }) => total + lineCount, 0),
  };
}

/** What all accounts should hold in the end, from the priced trace alone. Base units. */
export interface Expected {
  claimed: bigint;
  fees: bigint;
  burned: bigint;
  /** What each node receives, fees taken. */
  nodes: bigint[];
}

const ALL_BPS = 10_000n;

/**
 * Computes from what each payer owes each node, with arithmetic of its own: a proof by the code
 * that is to be proven would prove little. Fees are rounded up on each line; the burned share
 * is rounded down once for each book, as its fees are collected once.
 */
export function expectedFrom({
  owed,
  nodes,
  feeBps,
  burnBps,
}: {
  owed: readonly (readonly bigint[])[];
  nodes: number;
  feeBps: number;
  burnBps: number;
}): Expected {
  const fee = (units: bigint): bigint => (units * BigInt(feeBps) + ALL_BPS - 1n) / ALL_BPS;
  const booksFees = owed.map((lines) => sum(lines.map(fee)));
  return {
    claimed: sum(owed.map((lines) => sum(lines))),
    fees: sum(booksFees),
    burned: sum(booksFees.map((fees) => (fees * BigInt(burnBps)) / ALL_BPS)),
    nodes: Array.from({ length: nodes }, (_, node) =>
      sum(owed.map((lines) => (lines[node] ?? 0n) - fee(lines[node] ?? 0n))),
    ),
  };
}

function check(name: string, expected: bigint | number, found: bigint | number): Check {
  return { name, expected: Number(expected), found: Number(found) };
}

/** While lines are open: fees not yet collected are in the vaults. */
export function proveOpen({ totals, owed }: { totals: BookTotals; owed: bigint }): Check[] {
  const { deposited, claimed, refunded, feesAccrued, feesCollected, vault, vouched } = totals;
  return [
    check("vouchers recorded on chain, before lines are closed = priced requests", owed, vouched),
    check(
      "vaults, before lines are closed = deposited - claimed - refunded + fees not collected",
      deposited - claimed - refunded + feesAccrued - feesCollected,
      vault,
    ),
  ];
}

/** When every line is removed and every fee collected, and the books still stand. */
export function proveDone({
  market,
  totals,
  expected,
}: {
  market: Market;
  totals: BookTotals;
  expected: Expected;
}): Check[] {
  const { deposited, claimed, refunded, vault, feesAccrued, feesCollected } = totals;
  return [
    check("deposited = claimed + refunded + vaults", deposited, claimed + refunded + vault),
    check("deposited = what payers had", sum(market.payers.map(({ funds }) => funds)), deposited),
    check("claimed = priced requests", expected.claimed, claimed),
    check("fees = fee of each line, rounded up", expected.fees, feesAccrued),
    check("fees collected = fees", feesAccrued, feesCollected),
    check("lines left", 0, totals.liveLines),
  ];
}

/** Who holds how much of the mint. Base units. */
export interface Balances {
  minted: bigint;
  supply: bigint;
  payers: bigint;
  nodes: bigint[];
  treasury: bigint;
}

/** Reads the mint and the token accounts of all who took part. */
export function readBalances(market: Market): Balances {
  const of = (address: PublicKey): bigint => balance({ market, address });
  const account = market.localnet.account(market.mint);
  if (account === null) throw new Error("the mint is not there");
  return {
    minted: sum(market.payers.map(({ funds }) => funds)),
    supply: MintLayout.decode(account.data).supply,
    payers: sum(market.payers.map(({ tokens }) => of(tokens))),
    nodes: market.nodes.map(({ tokens }) => of(tokens)),
    treasury: of(market.treasury),
  };
}

/** When the books are closed: the token accounts alone. */
export function proveClosed({
  market,
  balances,
  expected,
  feesLamports,
}: {
  market: Market;
  balances: Balances;
  expected: Expected;
  /** Fees of the keeper's transactions, as their bytes say. */
  feesLamports: number;
}): Check[] {
  const { localnet, payers, keeper } = market;
  const { minted, supply, nodes, treasury } = balances;
  const exact = nodes.filter((found, index) => found === expected.nodes[index]).length;
  const vaults = payers.map(({ book }) => vaultAddress({ book, mint: market.mint }));
  const left = [...payers.map(({ book }) => book), ...vaults].filter(
    (address) => localnet.account(address) !== null,
  );
  return [
    check("nodes whose balance is their priced requests less fees", nodes.length, exact),
    check("balances of all nodes", sum(expected.nodes), sum(nodes)),
    check(
      "balances of payers = minted - priced requests",
      minted - expected.claimed,
      balances.payers,
    ),
    check("treasury = fees not burned", expected.fees - expected.burned, treasury),
    check("supply = minted - burned", minted - expected.burned, supply),
    check("supply = nodes + payers + treasury", sum(nodes) + balances.payers + treasury, supply),
    check(
      "lamports that the keeper spent = fees of its transactions",
      feesLamports,
      KEEPER_LAMPORTS - localnet.balance(keeper.publicKey),
    ),
    check("accounts of books and vaults left", 0, left.length),
  ];
}
