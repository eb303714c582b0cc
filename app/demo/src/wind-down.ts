import {
  claim,
  claimableAt,
  closeBook,
  closeLine,
  collectFees,
  decodeBook,
  decodeBookHeader,
  refund,
} from "@pinfi/sdk/streams";
import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { sendAll } from "./cluster/send";
import { RunError } from "./errors";
import type { DemoKeeper } from "./keeper";
import { GRACE_SECONDS, type Market } from "./market";
import { type BookTotals, readBooks } from "./proof";
import { advanceTo } from "./replay";

/** Instructions of one transaction that each call the token program once or twice. */
const CLAIMS_A_TRANSACTION = 25;
const COLLECTIONS_A_TRANSACTION = 15;

/** Turns that the keeper gets to remove lines whose grace is over. */
const KEEPER_TURNS = 20;

interface WindDown {
  market: Market;
  keeper: DemoKeeper;
  signal?: AbortSignal;
}

function readBook({ market, book }: { market: Market; book: PublicKey }) {
  const account = market.localnet.account(book);
  if (account === null) throw new Error(`the book ${book.toBase58()} is not there`);
  return account;
}

/** Payers close their lines, and the grace period passes. */
export async function closeLines({ market, signal }: Omit<WindDown, "keeper">): Promise<void> {
  const { localnet, payers, nodes } = market;
  for (const { keypair, book } of payers) {
    await sendAll({
      localnet,
      signers: [keypair],
      signal,
      instructions: nodes.map((_, line) => closeLine({ authority: keypair.publicKey, book, line })),
    });
  }
  const now = Number(localnet.clock().unixTimestamp);
  advanceTo({ market, seconds: now + GRACE_SECONDS });
}

/** Nodes take what the keeper did not find worth a claim. */
async function claimRest({ market, signal }: Omit<WindDown, "keeper">): Promise<void> {
  const { localnet, operator, mint, nodes } = market;
  const now = localnet.clock().unixTimestamp;
  const instructions: TransactionInstruction[] = [];
  for (const { book } of market.payers) {
    for (const line of decodeBook(readBook({ market, book })).lines) {
      const node = nodes[line.index];
      if (node === undefined || claimableAt({ line, now }) === 0n) continue;
      instructions.push(claim({ book, mint, line: line.index, payee: line.payee }));
    }
  }
  await sendAll({
    localnet,
    signers: [operator],
    instructions,
    most: CLAIMS_A_TRANSACTION,
    signal,
  });
}

/**
 * After the grace period: nodes claim the rest, the keeper removes the lines, fees are collected
 * and payers take back what is free. The books still stand, so that they can be read.
 *
 * @throws RunError when the keeper does not get the lines removed
 */
export async function emptyBooks(run: WindDown): Promise<BookTotals> {
  const { market, keeper, signal } = run;
  const { localnet, operator, mint, treasury } = market;
  await claimRest(run);
  for (let turn = 0; readBooks(market).liveLines > 0; turn++) {
    if (turn === KEEPER_TURNS) {
      const left = readBooks(market).liveLines;
      throw new RunError({
        code: "Stalled",
        message: `the keeper left ${left} closed lines (${keeper.trouble() ?? "it reported no failure"})`,
      });
    }
    await keeper.work(["close-expired"]);
  }
  const headers = market.payers.map(({ book }) => decodeBookHeader(readBook({ market, book })));
  await sendAll({
    localnet,
    signers: [operator],
    most: COLLECTIONS_A_TRANSACTION,
    signal,
    instructions: market.payers
      .filter((_, index) => (headers[index]?.feesAccrued ?? 0n) > 0n)
      .map(({ book }) => collectFees({ book, mint, treasury })),
  });
  for (const [index, { keypair, book, tokens }] of market.payers.entries()) {
    const amount = headers[index]?.free ?? 0n;
    if (amount === 0n) continue;
    const payer = keypair.publicKey;
    await sendAll({
      localnet,
      signers: [keypair],
      signal,
      instructions: [refund({ book, mint, payer, destination: tokens, amount })],
    });
  }
  return readBooks(market);
}

/** Payers close their empty books and get the rent back. */
export async function closeBooks({ market, signal }: Omit<WindDown, "keeper">): Promise<void> {
  const { localnet, mint } = market;
  for (const { keypair, book, tokens } of market.payers) {
    const payer = keypair.publicKey;
    await sendAll({
      localnet,
      signers: [keypair],
      signal,
      instructions: [closeBook({ book, mint, payer, destination: tokens })],
    });
  }
}
