import { associatedTokenAddress } from "@pinfi/sdk";
import {
  addLine,
  type Book,
  bookAddress,
  decodeBook,
  deposit,
  openBook,
  signVoucher,
  type Targets,
  type Voucher,
} from "@pinfi/sdk/streams";
import {
  createAssociatedTokenAccountIdempotentInstruction,
  unpackAccount,
} from "@solana/spl-token";
import {
  type Connection,
  Keypair,
  type PublicKey,
  sendAndConfirmTransaction,
  Transaction,
  type TransactionInstruction,
} from "@solana/web3.js";
import type { OpenBook } from "../../app/keeper/test/support/world";
import type { Cluster } from "./cluster";

/** Lines that one transaction adds, the payees' token accounts included. */
const LINES_AT_ONCE = 4;
/** Pause between two questions, and longest wait for an answer, ms. */
const ASK_MS = 250;
const LIMIT_MS = 120_000;

/** What a line of {@link Buyer.open} is opened with. */
export interface LineTerms {
  deposit: bigint;
  /** Base units a second; none where it is left out. */
  rate?: bigint;
}

/** A wallet that opens books and signs vouchers, as an app does: SDK and web3.js over HTTP and WebSocket. */
export interface Buyer {
  wallet: Keypair;
  /** Opens a book with a deposit for all lines, and one line for each of the terms, its payee new. */
  open(args: { id: number; lines: readonly LineTerms[] }): Promise<OpenBook>;
  send(...instructions: TransactionInstruction[]): Promise<void>;
}

/** A buyer with money of the cluster's. */
export async function fundedBuyer(cluster: Cluster): Promise<Buyer> {
  const { connection, mint } = cluster;
  const wallet = Keypair.generate();
  const payer = wallet.publicKey;
  await cluster.fund(payer);

  const send = async (...instructions: TransactionInstruction[]): Promise<void> => {
    const transaction = new Transaction().add(...instructions);
    await sendAndConfirmTransaction(connection, transaction, [wallet], { commitment: "confirmed" });
  };

  return {
    wallet,
    send,
    async open({ id, lines }) {
      const address = bookAddress({ payer, mint, id });
      const source = tokenAddress(cluster, payer);
      const amount = lines.reduce((sum, line) => sum + line.deposit, 0n);
      await send(
        openBook({ payer, mint, id, graceSeconds: 900 }),
        deposit({ funder: payer, book: address, mint, source, amount }),
      );
      const payees = lines.map(() => Keypair.generate());
      const added = lines.map((terms, line) => {
        const payee = (payees[line] as Keypair).publicKey;
        return [
          addLine({
            payer,
            book: address,
            line,
            payee,
            deposit: terms.deposit,
            rate: terms.rate ?? 0n,
            controlled: false,
          }),
          createAssociatedTokenAccountIdempotentInstruction(
            payer,
            tokenAddress(cluster, payee),
            payee,
            mint,
          ),
        ];
      });
      for (let at = 0; at < added.length; at += LINES_AT_ONCE) {
        await send(...added.slice(at, at + LINES_AT_ONCE).flat());
      }
      return { address, payer: wallet, payees };
    },
  };
}

/** An owner's associated account of the test dollar. */
export const tokenAddress = ({ mint }: Pick<Cluster, "mint">, owner: PublicKey): PublicKey =>
  associatedTokenAddress({ owner, mint });

/** Base units in a token account; 0 where there is none. */
export async function tokensIn(connection: Connection, address: PublicKey): Promise<bigint> {
  const account = await connection.getAccountInfo(address);
  return account === null ? 0n : unpackAccount(address, account, account.owner).amount;
}

/** A book as it stands on the chain. */
export async function readBook(connection: Connection, address: PublicKey): Promise<Book> {
  const account = await connection.getAccountInfo(address);
  if (account === null) throw new Error(`no book ${address.toBase58()}`);
  return decodeBook(account);
}

/** A voucher of a book as it stands, signed by `signer` or else by its payer. */
export async function sign(
  connection: Connection,
  open: OpenBook,
  targets: Targets,
  signer: Keypair = open.payer,
): Promise<Voucher> {
  const { voucherDomain: domain } = await readBook(connection, open.address);
  return signVoucher({ domain, book: open.address, targets, signer });
}

/** Asks until the answer is something other than false or undefined; fails when it takes too long. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | false | undefined>,
): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await ask();
    if (found !== false && found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited too long: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}
