import { Keypair, PublicKey, type TransactionInstruction } from "@solana/web3.js";
import { ASSOCIATED_TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID } from "../src";
import type { AuthorityBuilders } from "../src/program/authority";
import * as sdk from "../src/streams";

/** A key that is the same in every run. */
export const key = (seed: number): PublicKey => keypair(seed).publicKey;

export const keypair = (seed: number): Keypair => Keypair.fromSeed(new Uint8Array(32).fill(seed));

/** A builder, the IDL's name of its instruction, and arguments that it accepts. */
export interface BuilderCase<Instruction extends string = sdk.StreamsInstruction> {
  instruction: Instruction;
  build: (args: never) => TransactionInstruction;
  args: Record<string, unknown>;
  optional?: readonly string[];
  /** Arguments as the IDL has them, where they differ. */
  idlArgs?: Record<string, unknown>;
}

/** The instructions by which a program gets an authority and hands it on. */
export const authorityCases = (
  builders: AuthorityBuilders,
): readonly BuilderCase<"initialize" | "nominate_authority" | "accept_authority">[] => [
  {
    instruction: "initialize",
    build: builders.initialize,
    args: { payer: key(1), upgradeAuthority: key(2), authority: key(3) },
  },
  {
    instruction: "nominate_authority",
    build: builders.nominateAuthority,
    args: { authority: key(1), nominee: key(2) },
  },
  { instruction: "accept_authority", build: builders.acceptAuthority, args: { nominee: key(1) } },
];

const vault = {
  book: key(1),
  mint: key(2),
  vault: key(3),
  tokenProgram: TOKEN_2022_PROGRAM_ID,
};
const pool = { pool: key(1), mint: key(2), vault: key(3), tokenProgram: TOKEN_2022_PROGRAM_ID };
const VAULT_DEFAULTS = ["vault", "tokenProgram"];
const targets: sdk.Targets = { kind: "dense", start: 3, cumulative: [5n, 2n ** 64n - 1n] };

const signature = new Uint8Array(64).fill(6);

/** Of the associated token account of key `seed` in the mint of all cases. */
const bumpOf = (seed: number): number =>
  PublicKey.findProgramAddressSync(
    [key(seed), TOKEN_2022_PROGRAM_ID, key(2)].map((one) => one.toBytes()),
    ASSOCIATED_TOKEN_PROGRAM_ID,
  )[1];

/** Every instruction of the program, once. */
export const BUILDERS: readonly BuilderCase[] = [
  ...authorityCases(sdk),
  {
    instruction: "set_mint_policy",
    build: sdk.setMintPolicy,
    args: {
      authority: key(1),
      payer: key(2),
      mint: key(3),
      treasury: key(4),
      minDeposit: 1_000n,
      allowedExtensions: 6n,
      feeBps: 500,
      burnBps: 10_000,
      enabled: true,
    },
    optional: ["treasury"],
  },
  {
    instruction: "open_book",
    build: sdk.openBook,
    args: {
      payer: key(1),
      mint: key(2),
      id: 513,
      graceSeconds: 86_400,
      voucherSigner: key(3),
      controller: key(4),
      maxFeeBps: 250,
      vault: key(5),
      tokenProgram: TOKEN_2022_PROGRAM_ID,
    },
    optional: ["voucherSigner", "controller", "maxFeeBps", ...VAULT_DEFAULTS],
  },
  {
    instruction: "deposit",
    build: sdk.deposit,
    args: { ...vault, funder: key(4), source: key(5), amount: 77n },
    optional: VAULT_DEFAULTS,
  },
  {
    instruction: "refund",
    build: sdk.refund,
    args: { ...vault, payer: key(4), destination: key(5), amount: 77n },
    optional: VAULT_DEFAULTS,
  },
  {
    instruction: "reserve_lines",
    build: sdk.reserveLines,
    args: { payer: key(1), book: key(2), count: 106 },
  },
  {
    instruction: "add_line",
    build: sdk.addLine,
    args: {
      payer: key(1),
      book: key(2),
      line: 258,
      payee: key(3),
      mint: key(4),
      payeeAccount: { owner: key(9), data: new Uint8Array(0) },
      tokenProgram: TOKEN_2022_PROGRAM_ID,
      deposit: 9n,
      rate: 10n,
      controlled: true,
    },
    optional: ["mint", "payeeAccount", "tokenProgram"],
  },
  {
    instruction: "fund_line",
    build: sdk.fundLine,
    args: { payer: key(1), book: key(2), line: 7, amount: 8n },
  },
  {
    instruction: "set_rate",
    build: sdk.setRate,
    args: { authority: key(1), book: key(2), line: 7, rate: 8n },
  },
  {
    instruction: "set_voucher_signer",
    build: sdk.setVoucherSigner,
    args: { payer: key(1), book: key(2), signer: key(3), expiresAt: -5n, cap: 8n },
  },
  {
    instruction: "settle",
    build: sdk.settle,
    args: {
      book: key(1),
      domain: new Uint8Array(32).fill(9),
      targets,
      proof: { instruction: 1, entry: 2 },
    },
  },
  {
    instruction: "claim",
    build: sdk.claim,
    args: { ...vault, line: 7, payee: key(4), destination: key(5) },
    optional: ["destination", ...VAULT_DEFAULTS],
    idlArgs: { line: 7, bump: bumpOf(4) },
  },
  {
    instruction: "close_line",
    build: sdk.closeLine,
    args: { authority: key(1), book: key(2), line: 7 },
  },
  { instruction: "remove_line", build: sdk.removeLine, args: { book: key(2), line: 7 } },
  {
    instruction: "collect_fees",
    build: sdk.collectFees,
    args: { ...vault, treasury: key(6), escrow: key(7) },
    optional: ["treasury", "escrow", ...VAULT_DEFAULTS],
  },
  {
    instruction: "collect_escrow",
    build: sdk.collectEscrow,
    args: {
      mint: key(2),
      treasury: key(6),
      escrow: key(7),
      tokenProgram: TOKEN_2022_PROGRAM_ID,
    },
    optional: ["escrow", "tokenProgram"],
  },
  {
    instruction: "close_book",
    build: sdk.closeBook,
    args: { ...vault, payer: key(4), destination: key(5) },
    optional: VAULT_DEFAULTS,
  },
  {
    instruction: "reap",
    build: sdk.reap,
    args: { ...vault, payer: key(4), destination: key(5) },
    optional: ["destination", ...VAULT_DEFAULTS],
  },
  {
    instruction: "claim_many",
    build: sdk.claimMany,
    args: {
      ...vault,
      claims: [
        { line: 7, payee: key(4) },
        { line: 513, payee: key(5) },
      ],
    },
    optional: VAULT_DEFAULTS,
    idlArgs: {
      lines: [
        { line: 7, bump: bumpOf(4) },
        { line: 513, bump: bumpOf(5) },
      ],
    },
  },
  {
    instruction: "settle_many",
    build: sdk.settleMany,
    args: { vouchers: [{ book: key(1), signer: key(2), targets, signature }] },
    idlArgs: { vouchers: [{ signature, targets }] },
  },
  {
    instruction: "open_pool",
    build: sdk.openPool,
    args: {
      owner: key(1),
      mint: key(2),
      id: 513,
      vault: key(3),
      tokenProgram: TOKEN_2022_PROGRAM_ID,
    },
    optional: VAULT_DEFAULTS,
  },
  {
    instruction: "set_units",
    build: sdk.setUnits,
    args: { ...pool, owner: key(4), who: key(5), units: 4n },
    optional: VAULT_DEFAULTS,
  },
  {
    instruction: "distribute",
    build: sdk.distribute,
    args: { ...pool, funder: key(4), source: key(5), amount: 6n },
    optional: VAULT_DEFAULTS,
  },
  {
    instruction: "claim_member",
    build: sdk.claimMember,
    args: { ...pool, who: key(4), destination: key(5) },
    optional: ["destination", ...VAULT_DEFAULTS],
    idlArgs: { bump: bumpOf(4) },
  },
  {
    instruction: "close_member",
    build: sdk.closeMember,
    args: { owner: key(1), pool: key(2), who: key(3) },
  },
  {
    instruction: "recover_tokens",
    build: sdk.recoverTokens,
    args: {
      owner: key(4),
      pool: key(1),
      mint: key(2),
      stray: key(3),
      destination: key(5),
      tokenProgram: TOKEN_2022_PROGRAM_ID,
    },
    optional: ["stray", "tokenProgram"],
  },
  {
    instruction: "close_pool",
    build: sdk.closePool,
    args: { ...pool, owner: key(4), destination: key(5) },
    optional: VAULT_DEFAULTS,
  },
];
