import { feeUp } from "@pinfi/sdk";
import {
  type Book,
  decodeBook,
  earnedAt,
  type Line,
  listTargets,
  unpackVoucher,
  type Voucher,
  voucherFromJson,
} from "@pinfi/sdk/streams";
import { unpackAccount } from "@solana/spl-token";
import type { AccountInfo, PublicKey } from "@solana/web3.js";
import { openLibsqlStore, type Store } from "../../../src";
import { openRows } from "../../../src/programs/streams/bulk/rows";
import type { Tally } from "./poster";

/** What a check found wrong; empty lists prove the point. */
export interface Findings {
  /** Lines whose acknowledged voucher is neither on the chain nor in the store. */
  lost: string[];
  /** Amounts that are not exact to the unit. */
  unequal: string[];
}

/** What the chain holds at an address, all read at one moment. */
export type Accounts = (address: PublicKey) => AccountInfo<Buffer> | null;

/** Compares every amount on the chain with what was posted and acknowledged, to the unit. */
export async function examine(args: {
  accounts: Accounts;
  tallies: readonly Tally[];
  storeUrl: string;
}): Promise<Findings & { bookedLamports: bigint }> {
  const { accounts, tallies } = args;
  const { best, bookedLamports } = await readStore(args.storeUrl);
  const found: Findings = { lost: [], unequal: [] };
  const equal = (what: string, actual: bigint, expected: bigint): void => {
    if (actual !== expected) found.unequal.push(`${what}: ${actual}, not ${expected}`);
  };
  for (const { open, payeeAccounts, posted, acknowledged } of tallies) {
    const name = open.address.toBase58();
    const book = bookIn(accounts, open.address);
    let claimed = 0n;
    let net = 0n;
    for (const line of book.lines) {
      const where = `${name} line ${line.index}`;
      const promised = acknowledged[line.index] ?? 0n;
      const stored = best.get(`${name} ${line.index}`) ?? 0n;
      if (line.vouched < promised && stored < promised) found.lost.push(where);
      if (line.vouched > (posted[line.index] ?? 0n)) found.unequal.push(`${where}: never signed`);
      if (line.claimed > earned(line))
        found.unequal.push(`${where}: claimed above what was earned`);
      const paid = line.claimed - feeUp(line.claimed, book.feeBps);
      equal(
        `${where}: payee holds`,
        tokensIn(accounts, payeeAccounts[line.index] as PublicKey),
        paid,
      );
      claimed += line.claimed;
      net += paid;
    }
    equal(`${name} claimed`, book.claimed, claimed);
    equal(`${name} fees`, book.feesAccrued, claimed - net);
    equal(`${name} vault`, tokensIn(accounts, book.vault), book.deposited - net);
    const tracked = book.free + book.committed + book.feesAccrued - book.feesCollected;
    equal(`${name} tracked`, tracked, book.deposited - net);
  }
  return { ...found, bookedLamports };
}

/** Whether all that was acknowledged is recorded as far as deposits cover it, and all of that paid. */
export const isPaidOut = (accounts: Accounts, tallies: readonly Tally[]): boolean =>
  tallies.every(({ open, acknowledged }) =>
    bookIn(accounts, open.address).lines.every((line) => {
      const promised = acknowledged[line.index] ?? 0n;
      const covered = promised < line.deposit ? promised : line.deposit;
      return line.vouched >= covered && line.claimed === earned(line);
    }),
  );

function bookIn(accounts: Accounts, address: PublicKey): Book {
  const account = accounts(address);
  if (account === null) throw new Error(`no book ${address.toBase58()}`);
  return decodeBook(account);
}

/** None of the lines has a rate: time does not matter. */
const earned = (line: Line): bigint => earnedAt({ line, now: 0n });

function tokensIn(accounts: Accounts, address: PublicKey): bigint {
  const account = accounts(address);
  return account === null ? 0n : unpackAccount(address, account, account.owner).amount;
}

/** Each line's best stored cumulative, and the fees that the store knows of. */
async function readStore(url: string) {
  const store = openLibsqlStore({ url });
  const best = new Map<string, bigint>();
  const vouchers = (await store.tables.streams.vouchers()).map(({ voucher }) =>
    voucherFromJson(JSON.parse(voucher)),
  );
  for (const voucher of [...vouchers, ...fed(store)]) {
    for (const { line, cumulative } of listTargets(voucher.targets)) {
      const name = `${voucher.book.toBase58()} ${line}`;
      if (cumulative > (best.get(name) ?? 0n)) best.set(name, cumulative);
    }
  }
  const spends = await store.spends({ sinceMs: 0 });
  await store.close();
  const bookedLamports = spends.reduce((sum, { lamports }) => sum + BigInt(lamports), 0n);
  return { best, bookedLamports };
}

/** What the bulk thread holds. */
function fed({ tables }: Store): Voucher[] {
  const { bulk } = tables.streams;
  if (bulk === undefined || bulk.isEmpty()) return [];
  const rows = openRows(bulk.path);
  const vouchers = rows.all().map(({ voucher }) => unpackVoucher(voucher));
  rows.close();
  return vouchers;
}
