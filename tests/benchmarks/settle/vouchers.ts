import type { Localnet } from "@pinfi/localnet";
import { compileTransaction, signTransaction } from "@pinfi/sdk";
import {
  decodeBook,
  packSettles,
  packVoucher,
  type Settle,
  settleOf,
  signVoucher,
  type Voucher,
} from "@pinfi/sdk/streams";
import type { BenchBook } from "./books";

/** The vouchers of some rounds, in which each line of each book rises by one base unit a round. */
export interface Load {
  vouchers: Voucher[];
  /** NDJSON bodies, as they are posted. */
  bodies: Buffer[];
  /** The cumulative amount that every line has reached afterwards. */
  reached: bigint;
}

/** Signs `rounds` rounds on top of `from`, book by book, so that neighbours never conflict. */
export function signLoad(args: {
  books: readonly BenchBook[];
  lines: number;
  from: bigint;
  rounds: number;
  vouchersABody: number;
}): Load {
  const { books, lines, from, rounds, vouchersABody } = args;
  const vouchers: Voucher[] = [];
  for (let round = 1; round <= rounds; round++) {
    const cumulative = new Array<bigint>(lines).fill(from + BigInt(round));
    for (const { address, domain, payer } of books) {
      const targets = { kind: "dense", start: 0, cumulative } as const;
      vouchers.push(signVoucher({ domain, book: address, targets, signer: payer }));
    }
  }
  const bodies: Buffer[] = [];
  for (let at = 0; at < vouchers.length; at += vouchersABody) {
    const lines = vouchers.slice(at, at + vouchersABody).map((voucher) => {
      const packed = Buffer.from(packVoucher(voucher)).toString("base64");
      return JSON.stringify({ packed });
    });
    bodies.push(Buffer.from(lines.join("\n")));
  }
  return { vouchers, bodies, reached: from + BigInt(rounds) };
}

/** The transactions that settle the vouchers one by one, signed: what the keeper will have to make. */
export function signTransactions(args: {
  localnet: Localnet;
  books: readonly BenchBook[];
  vouchers: readonly Voucher[];
}): Uint8Array[] {
  const { localnet, books, vouchers } = args;
  const { blockhash } = localnet.latestBlockhash();
  const payer = localnet.payer;
  const known = new Map<string, Omit<Settle, "voucher">>();
  const [sample] = vouchers;
  for (const { address } of books) {
    const account = localnet.account(address);
    if (account === null || sample === undefined) throw new Error("no book to settle on");
    const book = decodeBook(account);
    known.set(address.toBase58(), settleOf({ address, book, voucher: sample }));
  }
  return vouchers.map((voucher) => {
    const settle = { ...(known.get(voucher.book.toBase58()) as Settle), voucher };
    const [batch] = packSettles({ settles: [settle], payer: payer.publicKey, format: "v1" });
    if (batch === undefined) throw new Error("one voucher makes one transaction");
    const transaction = compileTransaction({ ...batch, blockhash });
    return Uint8Array.from(signTransaction({ transaction, signers: [payer] }));
  });
}
