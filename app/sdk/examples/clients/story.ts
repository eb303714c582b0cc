/**
 * One story, told with each client in the other files of this folder: a buyer opens a book, pays into
 * it, adds a line for a provider, signs a voucher, which somebody settles; the provider is paid, line
 * and book are closed, and every unit is back.
 */
import { strict as assert } from "node:assert";
import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import {
  bookAddress,
  decodeBook,
  settleInstructions,
  signVoucher,
  type Targets,
} from "../../src/streams";
import { type Cluster, startCluster, type Wallet } from "../cluster";

/** Base units that the buyer brings, sets aside for the provider, and signs for in the end. */
export const BROUGHT = 5_000n;
export const SET_ASIDE = 1_000n;
const SIGNED_FOR = 800n;
/** Seconds for which a closed line goes on taking vouchers. */
export const GRACE_SECONDS = 900;

/** What a client's story starts with. */
export interface Setting {
  cluster: Cluster;
  buyer: Wallet;
  provider: Wallet;
  /** The buyer's book number 0, before it is opened. */
  book: PublicKey;
  mint: PublicKey;
}

export function startSetting(): Setting {
  const cluster = startCluster();
  const buyer = cluster.wallet({ seed: 41, tokens: BROUGHT });
  const provider = cluster.wallet({ seed: 42, tokens: 0n });
  const { mint } = cluster;
  return {
    cluster,
    buyer,
    provider,
    mint,
    book: bookAddress({ payer: buyer.publicKey, mint, id: 0 }),
  };
}

/**
 * The buyer's voucher for the provider's work, ready to be settled by anybody. What no generator
 * knows, the SDK builds: other clients take it through `toKitInstruction` and `toUmiInstruction`.
 */
export function settleTheVoucher({ cluster, buyer, book }: Setting): TransactionInstruction[] {
  const account = cluster.net.account(book);
  assert(account);
  const domain = decodeBook(account).voucherDomain;
  const targets: Targets = { kind: "dense", start: 0, cumulative: [SIGNED_FOR] };
  const voucher = signVoucher({ domain, book, targets, signer: buyer.keypair });
  return settleInstructions({ settles: [{ book, domain, voucher }], firstIndex: 0 });
}

/** How every story ends: 800 were signed for, of which one in a hundred is the fee. */
export function checkTheEnd({ cluster, buyer, provider, book }: Setting): void {
  assert.equal(cluster.tokensIn(provider.tokens), 792n);
  assert.equal(cluster.tokensIn(buyer.tokens), BROUGHT - SIGNED_FOR);
  assert.equal(cluster.net.account(book), null);
}
