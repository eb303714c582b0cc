import { type Localnet, startLocalnet } from "@pinfi/localnet";
import {
  associatedTokenAddress,
  type Budget,
  compileTransaction,
  signTransaction,
  TOKEN_PROGRAM_ID,
} from "@pinfi/sdk";
import {
  addLine,
  bookAddress,
  decodeBook,
  deposit,
  initialize,
  openBook,
  reserveLines,
  STREAMS_PROGRAM_ID,
  setMintPolicy,
} from "@pinfi/sdk/streams";
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeMint2Instruction,
  createMintToInstruction,
  MINT_SIZE,
} from "@solana/spl-token";
import {
  Keypair,
  type PublicKey,
  SystemProgram,
  type TransactionInstruction,
} from "@solana/web3.js";

/** A payer's book, its lines all open, and the key that signs its vouchers. */
export interface BenchBook {
  address: PublicKey;
  payer: Keypair;
  domain: Uint8Array;
}

/** Lamports of each payer: 10 SOL, for the rent of its book. */
const FUNDS = 10_000_000_000n;
/** Lines that one call of reserve_lines can add. */
const RESERVE_AT_ONCE = 106;
/** add_line instructions that fit into one v1 transaction. */
const LINES_A_TRANSACTION = 54;
const BUDGET: Budget = {
  computeUnitLimit: 1_400_000,
  loadedAccountsDataSizeLimit: 4 * 1024 * 1024,
};

/** Of each line, base units: more than all that is signed for, as a keeper settles what is covered. */
const DEPOSIT = 2n ** 32n;

/** A cluster with `payers` books of `lines` lines each, made by the program's own instructions. */
export function openBooks(args: { payers: number; lines: number }): {
  localnet: Localnet;
  books: BenchBook[];
} {
  const localnet = startLocalnet({
    programs: [{ name: "streams", address: STREAMS_PROGRAM_ID }],
  });
  const authority = localnet.payer;
  const mintKey = seeded("mint");
  const mint = mintKey.publicKey;
  const send = (instructions: TransactionInstruction[], signers: Keypair[]): void => {
    const { blockhash } = localnet.latestBlockhash();
    const transaction = compileTransaction({
      format: "v1",
      payer: authority.publicKey,
      blockhash,
      instructions,
      budget: BUDGET,
    });
    const wire = signTransaction({ transaction, signers: [authority, ...signers] });
    const { failure, logs } = localnet.send(wire);
    if (failure !== null) throw new Error(`${JSON.stringify(failure)}\n${logs.join("\n")}`);
  };

  send(
    [
      SystemProgram.createAccount({
        fromPubkey: authority.publicKey,
        newAccountPubkey: mint,
        lamports: Number(localnet.minimumBalance(MINT_SIZE)),
        space: MINT_SIZE,
        programId: TOKEN_PROGRAM_ID,
      }),
      createInitializeMint2Instruction(mint, 6, authority.publicKey, null),
    ],
    [mintKey],
  );
  send(
    [
      initialize({
        payer: authority.publicKey,
        upgradeAuthority: authority.publicKey,
        authority: authority.publicKey,
      }),
      setMintPolicy({
        authority: authority.publicKey,
        payer: authority.publicKey,
        mint,
        treasury: null,
        minDeposit: 0n,
        allowedExtensions: 0n,
        feeBps: 0,
        burnBps: 0,
        enabled: true,
      }),
    ],
    [],
  );

  const source = associatedTokenAddress({ owner: authority.publicKey, mint });
  const amount = DEPOSIT * BigInt(args.lines);
  send(
    [
      createAssociatedTokenAccountIdempotentInstruction(
        authority.publicKey,
        source,
        authority.publicKey,
        mint,
      ),
      createMintToInstruction(mint, source, authority.publicKey, amount * BigInt(args.payers)),
    ],
    [],
  );

  const open = (index: number): BenchBook => {
    const payer = seeded(`payer ${index}`);
    localnet.airdrop(payer.publicKey, FUNDS);
    const address = bookAddress({ payer: payer.publicKey, mint, id: 0 });
    const reserves: TransactionInstruction[] = [];
    for (let left = args.lines; left > 0; left -= RESERVE_AT_ONCE) {
      const count = Math.min(left, RESERVE_AT_ONCE);
      reserves.push(reserveLines({ payer: payer.publicKey, book: address, count }));
    }
    send([openBook({ payer: payer.publicKey, mint, id: 0, graceSeconds: 900 })], [payer]);
    send([deposit({ funder: authority.publicKey, book: address, mint, source, amount })], []);
    for (const reserve of reserves) send([reserve], [payer]);
    for (let from = 0; from < args.lines; from += LINES_A_TRANSACTION) {
      const count = Math.min(LINES_A_TRANSACTION, args.lines - from);
      const terms = { book: address, deposit: DEPOSIT, rate: 0n, controlled: false };
      const adds = Array.from({ length: count }, (_, nth) =>
        addLine({
          ...terms,
          payer: payer.publicKey,
          // Any address will do: who is paid makes no difference to a settlement.
          payee: authority.publicKey,
          line: from + nth,
        }),
      );
      send(adds, [payer]);
    }
    const account = localnet.account(address);
    if (account === null) throw new Error("the book is not open");
    const { voucherDomain, nextLine } = decodeBook(account);
    if (nextLine !== args.lines) throw new Error(`${nextLine} lines instead of ${args.lines}`);
    return { address, payer, domain: voucherDomain };
  };
  return { localnet, books: Array.from({ length: args.payers }, (_, index) => open(index)) };
}

/** The same key in every run, so that compute units repeat. */
function seeded(name: string): Keypair {
  const seed = Buffer.alloc(32);
  seed.write(`bench:settle ${name}`);
  return Keypair.fromSeed(seed);
}
