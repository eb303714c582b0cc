import { type Line, signVoucher, type Targets } from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import type { SpendCap } from "../../src/engine/tx/spend";
import type { BookView } from "../../src/programs/streams/books/books";
import { placeOf } from "../../src/programs/streams/vouchers/pending";
import { createSelection } from "../../src/programs/streams/vouchers/selection";

const NEVER = 2n ** 63n - 1n;
const NO_CAP = 2n ** 64n - 1n;

export const payer = Keypair.fromSeed(Buffer.alloc(32, 1));
export const key = (n: number) => Keypair.fromSeed(Buffer.alloc(32, n)).publicKey;

/** A line that owes nothing, but for what is given. */
export function line(over: Partial<Line> = {}): Line {
  return {
    index: 0,
    payee: key(7),
    deposit: 1_000n,
    vouched: 0n,
    rate: 0n,
    accrued: 0n,
    accruedAt: 0n,
    claimed: 0n,
    closingAt: 0n,
    flags: 0,
    controlled: false,
    released: false,
    removed: false,
    ...over,
  };
}

/** A book of those lines as the keeper reads it. */
export function book(
  args: { n?: number; lines?: Line[]; header?: Partial<BookView["header"]> } = {},
): BookView {
  const { n = 20, lines = [line()], header = {} } = args;
  return {
    address: key(n),
    capacity: lines.length,
    readAtMs: 0,
    lines: () => lines,
    line: (index) => lines[index],
    header: {
      payer: payer.publicKey,
      mint: key(3),
      vault: key(4),
      voucherSigner: payer.publicKey,
      voucherDomain: new Uint8Array(32).fill(n),
      controller: null,
      voucherExpiresAt: NEVER,
      voucherCap: NO_CAP,
      voucherSpent: 0n,
      deposited: 0n,
      refunded: 0n,
      claimed: 0n,
      feesAccrued: 0n,
      feesCollected: 0n,
      free: 0n,
      committed: 0n,
      minDeposit: 0n,
      openedSlot: 0n,
      graceSeconds: 900,
      nextLine: lines.length,
      lineCount: lines.length,
      id: 0,
      feeBps: 0,
      bump: 255,
      authorityBump: 255,
      formerSigner: null,
      formerExpiresAt: 0n,
      formerCap: 0n,
      formerSpent: 0n,
      lastTakenAt: 0n,
      decimals: 6,
      ...header,
    },
  };
}

/** Those targets as vouchers of the book that the keeper holds; the first came first, a second apart. */
export function pendingOf(of: BookView, ...all: Targets[]) {
  const selection = createSelection();
  for (const [index, targets] of all.entries()) {
    const domain = of.header.voucherDomain;
    const voucher = signVoucher({ domain, book: of.address, targets, signer: payer });
    selection.offer({ id: String(index), voucher, receivedAtMs: 1_000 * (index + 1) }, () => 0n);
  }
  return { ...placeOf(of, payer.publicKey), selection };
}

/** Limits of which only the one on all fees is near: so many lamports are left. */
export const purse = (left: bigint): SpendCap => ({
  reserve: async () => true,
  release: async () => undefined,
  isBooked: () => false,
  spent: () => 0n,
  left: () => left,
  trial: () => () => true,
});
