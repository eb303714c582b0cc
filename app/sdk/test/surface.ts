/** Good arguments for every function that the SDK exports: what the test of wrong input starts from. */
import * as core from "../src";
import * as sdk from "../src/streams";
import { BUILDERS, key } from "./builders";
import {
  account,
  at,
  BUDGET_OPTIONAL,
  blockhash,
  book,
  budget,
  connection,
  decoder,
  dense,
  domain,
  facts,
  fill,
  MESSAGE_OPTIONAL,
  message,
  one,
  options,
  PACKING_OPTIONAL,
  packing,
  payer,
  plain,
  quoted,
  type Sample,
  SETTLE_OPTIONAL,
  settle,
  signer,
  sparse,
  sparseVoucher,
  template,
  transaction,
  under,
  voucher,
  wire,
} from "./surface-values";

const builders = Object.fromEntries(
  BUILDERS.map(({ build, args, optional = [] }): [string, Sample] => [
    build.name,
    one(build, args, { optional: under("0", optional), nullable: under("0", optional) }),
  ]),
);

/** By the name of the export; methods of what is exported as `EXPORT.method`. */
export const SAMPLES: Record<string, Sample> = {
  ...builders,
  configAddress: { run: sdk.configAddress, args: [] },
  programDataAddress: { run: sdk.programDataAddress, args: [] },
  policyAddress: one(sdk.policyAddress, { mint: key(1) }),
  bookAddress: one(sdk.bookAddress, { payer: key(1), mint: key(2), id: 3 }),
  poolAddress: one(sdk.poolAddress, { owner: key(1), mint: key(2), id: 3 }),
  memberAddress: one(sdk.memberAddress, { pool: key(1), who: key(2) }),
  authorityAddress: one(sdk.authorityAddress, { book: key(1) }),
  vaultAddress: one(
    sdk.vaultAddress,
    { book: key(1), mint: key(2), tokenProgram: core.TOKEN_PROGRAM_ID },
    { optional: ["0.tokenProgram"] },
  ),
  associatedTokenAddress: one(
    core.associatedTokenAddress,
    { owner: key(1), mint: key(2), tokenProgram: core.TOKEN_PROGRAM_ID },
    { optional: ["0.tokenProgram"] },
  ),

  findAssociatedToken: one(
    core.findAssociatedToken,
    { owner: key(1), mint: key(2), tokenProgram: core.TOKEN_PROGRAM_ID },
    { optional: ["0.tokenProgram"] },
  ),
  escrowAddress: one(
    sdk.escrowAddress,
    { mint: key(2), tokenProgram: core.TOKEN_PROGRAM_ID },
    { optional: ["0.tokenProgram"] },
  ),

  decodeConfig: decoder(sdk.decodeConfig, "Config", 8 + 32 + 32 + 1),
  decodeMintPolicy: decoder(sdk.decodeMintPolicy, "MintPolicy", 8 + 96 + 16 + 4 + 2),
  decodePool: decoder(sdk.decodePool, "Pool", 8 + 96 + 16 + 8 + 16 + 8 + 8 + 4 + 2 + 1),
  decodeMember: decoder(sdk.decodeMember, "Member", 8 + 64 + 8 + 16 + 16 + 8 + 1),
  decodeBook: one(sdk.decodeBook, book),
  decodeBookHeader: one(sdk.decodeBookHeader, book),
  decodeLines: { run: sdk.decodeLines, args: [book, { from: 0, count: 2 }] },
  decodeLine: { run: sdk.decodeLine, args: [book, 0] },
  decodeWatermarks: { run: sdk.decodeWatermarks, args: [book, 5n] },
  decodeEvents: one(sdk.decodeEvents, ["Program log: x"]),

  accruedAt: one(sdk.accruedAt, at),
  earnedAt: one(sdk.earnedAt, { ...at, cumulative: 9n }, { optional: ["0.cumulative"] }),
  voucherCeiling: one(sdk.voucherCeiling, at),
  claimableAt: one(sdk.claimableAt, at),
  claimQuote: one(sdk.claimQuote, { ...at, book: { feeBps: 50 } }),
  depletionTime: one(sdk.depletionTime, { line: quoted }),
  memberClaimable: one(
    sdk.memberClaimable,
    {
      pool: { index: 5n, totalUnits: 4n, carried: 1n, distributed: 9n, claimed: 2n, unshared: 1n },
      member: { units: 1n, index: 2n, owed: 3n },
      vaultAmount: 8n,
    },
    { optional: ["0.vaultAmount"] },
  ),
  feeUp: { run: core.feeUp, args: [10n, 50] },
  feeBetweenUp: one(core.feeBetweenUp, { before: 1n, after: 2n, bps: 50 }),
  shareDown: { run: core.shareDown, args: [10n, 50] },
  shareBetweenDown: one(core.shareBetweenDown, { before: 1n, after: 2n, bps: 50 }),
  decimal: { run: core.decimal, args: [3_200_000n, 6] },

  signVoucher: one(sdk.signVoucher, {
    domain,
    book: key(4),
    targets: dense,
    signer: { publicKey: signer.publicKey, secretKey: signer.secretKey },
  }),
  verifyVoucher: one(sdk.verifyVoucher, { domain, voucher }),
  voucherMessage: one(sdk.voucherMessage, { domain, targets: sparse }),
  voucherToJson: one(sdk.voucherToJson, voucher),
  voucherFromJson: one(sdk.voucherFromJson, sdk.voucherToJson(sparseVoucher)),
  packVoucher: one(sdk.packVoucher, sparseVoucher),
  packedLength: one(sdk.packedLength, 3),
  readPacked: one(sdk.readPacked, sdk.packVoucher(voucher)),
  unpackVoucher: one(sdk.unpackVoucher, sdk.packVoucher(sparseVoucher)),
  listTargets: one(sdk.listTargets, dense),
  targetCount: one(sdk.targetCount, { kind: "sparse", entries: [] }),
  isStrictSignature: {
    run: core.isStrictSignature,
    args: [
      { message: domain, publicKey: key(3).toBytes(), signature: voucher.signature },
      { sign: () => domain, holds: () => true },
    ],
    optional: ["1"],
    anything: ["1.sign", "1.holds"],
  },

  settleInstructions: one(
    sdk.settleInstructions,
    { settles: [settle], firstIndex: 0 },
    { optional: under("0.settles.0", SETTLE_OPTIONAL) },
  ),
  settleOf: one(sdk.settleOf, {
    address: key(4),
    book: {
      voucherDomain: domain,
      voucherSigner: signer.publicKey,
      voucherCap: 2n ** 64n - 1n,
      capacity: 2,
      lines: [{ closingAt: 0n }, { closingAt: 5n }],
    },
    voucher,
  }),
  settleBudget: {
    run: sdk.settleBudget,
    args: [[settle], "program"],
    optional: ["1", ...under("0.0", SETTLE_OPTIONAL)],
  },
  denseSettleUnits: one(sdk.denseSettleUnits, { count: 3, busy: 1, former: false }),
  packSettles: one(
    sdk.packSettles,
    { settles: [settle], payer: key(1), ...packing },
    { optional: [...under("0", PACKING_OPTIONAL), ...under("0.settles.0", SETTLE_OPTIONAL)] },
  ),
  settleTemplate: one(sdk.settleTemplate, template, { optional: ["0.priorityFeeLamports"] }),
  "settleTemplate().fill": one(sdk.settleTemplate(template).fill, fill),
  maxDenseTargets: one(sdk.maxDenseTargets, packing, { optional: under("0", PACKING_OPTIONAL) }),
  maxSparseTargets: one(sdk.maxSparseTargets, packing, { optional: under("0", PACKING_OPTIONAL) }),
  maxBooks: one(sdk.maxBooks, packing, { optional: under("0", PACKING_OPTIONAL) }),

  budgetInstructions: one(core.budgetInstructions, budget, {
    optional: under("0", BUDGET_OPTIONAL),
  }),
  compileTransaction: one(
    core.compileTransaction,
    { ...message, blockhash },
    { optional: under("0", MESSAGE_OPTIONAL) },
  ),
  transactionSize: one(core.transactionSize, message, { optional: under("0", MESSAGE_OPTIONAL) }),
  signTransaction: one(core.signTransaction, {
    transaction,
    signers: [{ publicKey: payer.publicKey, secretKey: payer.secretKey }],
  }),
  assembleTransaction: one(core.assembleTransaction, {
    transaction,
    signatureOf: () => new Uint8Array(64),
  }),
  readWire: one(core.readWire, wire),
  transactionSignature: one(core.transactionSignature, wire),
  transactionCost: one(core.transactionCost, { wire: facts, units: 5n }),
  sendAndConfirm: one(
    core.sendAndConfirm,
    {
      connection,
      wire,
      lastValidBlockHeight: 0,
      commitment: "confirmed",
      pollMs: 1,
      resendMs: 5,
      silenceMs: 20,
      explain: sdk.explainError,
      signal: new AbortController().signal,
    },
    {
      optional: under("0", ["commitment", "pollMs", "resendMs", "silenceMs", "explain", "signal"]),
    },
  ),
  untilSettled: one(
    core.untilSettled,
    {
      handOver: async () => undefined,
      settled: async () => ({ settled: true }),
      look: async () => undefined,
      isPast: async () => false,
      resendMs: 5,
      signal: new AbortController().signal,
    },
    { optional: ["0.signal"] },
  ),

  explainError: one(
    sdk.explainError,
    { logs: ["x"], err: { InstructionError: [0, { Custom: 1 }] } },
    {
      anything: ["0"],
    },
  ),
  somebodyWasFirst: one(
    sdk.somebodyWasFirst,
    { instruction: "claim", error: 6_000 },
    { anything: ["0.error"] },
  ),
  createExplainer: one(core.createExplainer, [sdk.STREAMS]),
  "createExplainer()": {
    run: core.createExplainer([sdk.STREAMS]),
    args: [6_000, key(1)],
    optional: ["1"],
    anything: ["0"],
  },
  createDescriber: one(core.createDescriber, [{ program: sdk.STREAMS, sentences: {} }]),
  "createDescriber().instruction": {
    run: core.createDescriber([sdk.STREAMS_DESCRIBED]).instruction,
    args: [plain, options],
    optional: ["1", "1.token", "1.account"],
  },
  "createDescriber().transaction": {
    run: core.createDescriber([sdk.STREAMS_DESCRIBED]).transaction,
    args: [wire, options],
    optional: ["1", "1.token", "1.account"],
  },
  toUmiInstruction: one(core.toUmiInstruction, { instruction: plain, publicKey: String }),
  toKitInstruction: one(core.toKitInstruction, { instruction: plain, address: String }),

  defineProgram: one(
    core.defineProgram,
    {
      address: key(5).toBase58(),
      metadata: { name: "other" },
      instructions: [
        {
          name: "go",
          discriminator: [1, 2, 3, 4, 5, 6, 7, 8],
          accounts: [{ name: "group", accounts: [{ name: "payer" }] }],
          args: [{ name: "amount", type: "u64" }],
        },
      ],
      accounts: [{ name: "Thing", discriminator: [8, 7, 6, 5, 4, 3, 2, 1] }],
      events: [{ name: "Gone", discriminator: [8, 7, 6, 5, 4, 3, 2, 2] }],
      errors: [{ name: "Wrong", code: 6_000 }],
      types: [{ name: "Thing", type: { kind: "struct" } }],
    },
    {
      optional: under("0", ["accounts", "events", "errors", "types"]),
      anything: ["0.instructions.0.args.0.type"],
    },
  ),
  "STREAMS.discriminator": one(sdk.STREAMS.discriminator, "claim"),
  "STREAMS.accountDiscriminator": one(sdk.STREAMS.accountDiscriminator, "Book"),
  "STREAMS.accountMetas": {
    run: sdk.STREAMS.accountMetas,
    args: ["close_line", { authority: key(1), book: key(2) }],
  },
  "STREAMS.instruction": {
    run: sdk.STREAMS.instruction,
    args: [
      "close_line",
      {
        accounts: { authority: key(1), book: key(2) },
        args: { line: 1 },
        remaining: [{ pubkey: key(3), isSigner: false, isWritable: true }],
      },
    ],
    optional: ["1.remaining"],
  },
  "STREAMS.parse": one(sdk.STREAMS.parse, plain),
  "STREAMS.fieldsOf": one(sdk.STREAMS.fieldsOf, "Book"),
  "STREAMS.openAccount": { run: sdk.STREAMS.openAccount, args: ["Book", book] },
  "STREAMS.decodeAccount": {
    run: sdk.STREAMS.decodeAccount,
    args: ["Config", account("Config", 8 + 32 + 32 + 1)],
  },
  "STREAMS.decodeEvents": one(sdk.STREAMS.decodeEvents, ["Program log: x"]),
};

/** Exported classes: errors, which are made by the SDK alone. */
export const ERRORS = [
  "DecodeError",
  "InvalidArgument",
  "PinFiError",
  "SendError",
  "TransactionError",
  "VoucherError",
];
