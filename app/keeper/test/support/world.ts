import { type Localnet, startLocalnet } from "@pinfi/localnet";
import { associatedTokenAddress, TOKEN_PROGRAM_ID } from "@pinfi/sdk";
import {
  addLine,
  BOOK_HEADER_LENGTH,
  type Book,
  bookAddress,
  closeLine,
  decodeBook,
  deposit,
  initialize,
  LINE_LENGTH,
  openBook,
  STREAMS_PROGRAM_ID,
  setMintPolicy,
  setVoucherSigner,
  signVoucher,
  type Targets,
  type Voucher,
  voucherToJson,
} from "@pinfi/sdk/streams";
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createFreezeAccountInstruction,
  createInitializeMint2Instruction,
  createMintToInstruction,
  createThawAccountInstruction,
  MINT_SIZE,
  unpackAccount,
} from "@solana/spl-token";
import {
  Keypair,
  type PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from "@solana/web3.js";

/** Lamports of each funded key: 10 SOL. */
const FUNDS = 10_000_000_000n;
/** Base units that each payer starts with. */
const TOKENS = 1_000_000_000_000n;

/** Of the voucher signer in a book account. */
const VOUCHER_SIGNER_OFFSET = 8 + 96;
/** Of the number of lines ever added, which that of the present ones follows. */
const NEXT_LINE_OFFSET = 8 + 292;

/** A book with open lines, and what signs for it. */
export interface OpenBook {
  address: PublicKey;
  payer: Keypair;
  payees: Keypair[];
}

/** A cluster with the program initialised, one mint, and verbs whose defaults succeed. */
export type World = ReturnType<typeof createWorld>;

export function createWorld(args: { tokenProgram?: PublicKey } = {}) {
  const { tokenProgram = TOKEN_PROGRAM_ID } = args;
  const localnet: Localnet = startLocalnet({
    programs: [{ name: "streams", address: STREAMS_PROGRAM_ID }],
  });
  const authority = localnet.payer;
  const mint = Keypair.fromSeed(Buffer.alloc(32, 9)).publicKey;

  const send = (instructions: TransactionInstruction[], signers: Keypair[] = []): void => {
    const transaction = new Transaction().add(...instructions);
    transaction.feePayer = authority.publicKey;
    transaction.recentBlockhash = localnet.latestBlockhash().blockhash;
    transaction.sign(authority, ...signers);
    const { failure, logs } = localnet.send(transaction);
    if (failure !== null) throw new Error(`${JSON.stringify(failure)}\n${logs.join("\n")}`);
  };

  send(
    [
      SystemProgram.createAccount({
        fromPubkey: authority.publicKey,
        newAccountPubkey: mint,
        lamports: Number(localnet.minimumBalance(MINT_SIZE)),
        space: MINT_SIZE,
        programId: tokenProgram,
      }),
      createInitializeMint2Instruction(
        mint,
        6,
        authority.publicKey,
        authority.publicKey,
        tokenProgram,
      ),
    ],
    [Keypair.fromSeed(Buffer.alloc(32, 9))],
  );
  send([
    initialize({
      payer: authority.publicKey,
      upgradeAuthority: authority.publicKey,
      authority: authority.publicKey,
    }),
  ]);
  /** An owner's associated token account. */
  const tokenAddress = (owner: PublicKey): PublicKey =>
    associatedTokenAddress({ owner, mint, tokenProgram });
  const treasury = tokenAddress(authority.publicKey);
  send([createAta(authority.publicKey, authority.publicKey)]);
  send([
    setMintPolicy({
      authority: authority.publicKey,
      payer: authority.publicKey,
      mint,
      treasury,
      minDeposit: 1n,
      allowedExtensions: 0n,
      feeBps: 100,
      burnBps: 0,
      enabled: true,
    }),
  ]);

  function createAta(payer: PublicKey, owner: PublicKey): TransactionInstruction {
    return createAssociatedTokenAccountIdempotentInstruction(
      payer,
      tokenAddress(owner),
      owner,
      mint,
      tokenProgram,
    );
  }

  const fundedKey = (): Keypair => {
    const key = Keypair.generate();
    localnet.airdrop(key.publicKey, FUNDS);
    return key;
  };

  /** Base units in the associated token account of an owner; 0 where there is none. */
  const balance = (owner: PublicKey): bigint => {
    const address = tokenAddress(owner);
    const account = localnet.account(address);
    return account === null ? 0n : unpackAccount(address, account, tokenProgram).amount;
  };

  const book = (address: PublicKey): Book => {
    const account = localnet.account(address);
    if (account === null) throw new Error(`no book ${address.toBase58()}`);
    return decodeBook(account);
  };

  const openABook = (
    args: {
      lines?: number;
      depositPerLine?: bigint;
      graceSeconds?: number;
      payeeAccounts?: boolean;
      id?: number;
      rate?: bigint;
      payer?: Keypair;
    } = {},
  ): OpenBook => {
    const { lines = 1, depositPerLine = 1_000_000n, graceSeconds = 900, id = 0, rate = 0n } = args;
    const { payer = fundedKey() } = args;
    const address = bookAddress({ payer: payer.publicKey, mint, id });
    const source = tokenAddress(payer.publicKey);
    send([
      createAta(authority.publicKey, payer.publicKey),
      createMintToInstruction(mint, source, authority.publicKey, TOKENS, [], tokenProgram),
    ]);
    send(
      [
        openBook({ payer: payer.publicKey, mint, id, graceSeconds, tokenProgram }),
        deposit({
          funder: payer.publicKey,
          book: address,
          mint,
          source,
          tokenProgram,
          amount: depositPerLine * BigInt(lines) + 1n,
        }),
      ],
      [payer],
    );
    const payees = Array.from({ length: lines }, () => Keypair.generate());
    for (const [line, payee] of payees.entries()) {
      send(
        [
          addLine({
            payer: payer.publicKey,
            book: address,
            line,
            payee: payee.publicKey,
            deposit: depositPerLine,
            rate,
            controlled: false,
          }),
          ...((args.payeeAccounts ?? true)
            ? [createAta(authority.publicKey, payee.publicKey)]
            : []),
        ],
        [payer],
      );
    }
    return { address, payer, payees };
  };

  const voucher = (
    open: OpenBook,
    targets: Targets,
    signer: { publicKey: PublicKey; secretKey: Uint8Array } = open.payer,
  ): Voucher => {
    const { voucherDomain: domain } = book(open.address);
    return signVoucher({ domain, book: open.address, targets, signer });
  };

  return {
    localnet,
    authority,
    mint,
    treasury,
    tokenProgram,
    tokenAddress,
    send,
    fundedKey,
    balance,
    book,
    openBook: openABook,
    voucher,
    /** A sparse voucher for one line in its JSON form. */
    lineVoucher: (open: OpenBook, line: number, cumulative: bigint) =>
      voucherToJson(voucher(open, { kind: "sparse", entries: [{ line, cumulative }] })),
    closeLine: (open: OpenBook, line: number) =>
      send(
        [closeLine({ authority: open.payer.publicKey, book: open.address, line })],
        [open.payer],
      ),
    freeze: (owner: PublicKey) =>
      send([
        createFreezeAccountInstruction(
          tokenAddress(owner),
          mint,
          authority.publicKey,
          [],
          tokenProgram,
        ),
      ]),
    thaw: (owner: PublicKey) =>
      send([
        createThawAccountInstruction(
          tokenAddress(owner),
          mint,
          authority.publicKey,
          [],
          tokenProgram,
        ),
      ]),
    createTokenAccount: (owner: PublicKey) => send([createAta(authority.publicKey, owner)]),
    /** Gives a book another voucher signer by force: no former key remains. */
    forgeVoucherSigner: (open: OpenBook) => {
      const account = localnet.account(open.address);
      if (account === null) throw new Error("the book is not there");
      const data = Buffer.from(account.data);
      Keypair.generate().publicKey.toBuffer().copy(data, VOUCHER_SIGNER_OFFSET);
      localnet.setAccount(open.address, { ...account, data });
    },
    /** Gives a book so many lines by force, copies of its first: hundreds of transactions otherwise. */
    forgeLines: (open: OpenBook, lines: number) => {
      const account = localnet.account(open.address);
      if (account === null) throw new Error("the book is not there");
      const end = BOOK_HEADER_LENGTH + LINE_LENGTH;
      const data = Buffer.alloc(BOOK_HEADER_LENGTH + lines * LINE_LENGTH);
      account.data.copy(data, 0, 0, end);
      for (let line = 1; line < lines; line++) {
        account.data.copy(data, BOOK_HEADER_LENGTH + line * LINE_LENGTH, BOOK_HEADER_LENGTH, end);
      }
      data.writeUInt16LE(lines, NEXT_LINE_OFFSET);
      data.writeUInt16LE(lines, NEXT_LINE_OFFSET + 2);
      const lamports = Number(localnet.minimumBalance(data.length));
      localnet.setAccount(open.address, { ...account, data, lamports });
    },
    setVoucherSigner: (
      open: OpenBook,
      args: { signer: PublicKey; expiresAt?: bigint; cap?: bigint },
    ) =>
      send(
        [
          setVoucherSigner({
            payer: open.payer.publicKey,
            book: open.address,
            signer: args.signer,
            expiresAt: args.expiresAt ?? 2n ** 63n - 1n,
            cap: args.cap ?? 2n ** 64n - 1n,
          }),
        ],
        [open.payer],
      ),
  };
}
