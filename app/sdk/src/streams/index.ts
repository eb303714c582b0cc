/** The streams program: addresses, accounts, instructions, vouchers, quotes, packing. */
export {
  type Config,
  decodeConfig,
  decodeMintPolicy,
  type MintPolicy,
} from "./accounts";
export * from "./authority";
export * from "./book";
export { denseSettleUnits, settleBudget, settleOf, type VerifiedBy } from "./budget";
export * from "./errors";
export * from "./events";
export * from "./idl";
export {
  closeBook,
  collectEscrow,
  collectFees,
  deposit,
  MAX_FEE_BPS,
  openBook,
  reap,
  refund,
} from "./instructions/books";
export * from "./instructions/lines";
export * from "./instructions/policies";
export * from "./instructions/pools";
export {
  maxBooks,
  maxDenseTargets,
  maxSparseTargets,
  type PackOptions,
} from "./packing/capacity";
export * from "./packing/pack";
export * from "./packing/template";
export * from "./pdas";
export * from "./pool";
export { STREAMS, STREAMS_PROGRAM_ID } from "./program";
export * from "./quotes";
export { STREAMS_DESCRIBED } from "./sentences";
export * from "./vouchers/json";
export {
  DOMAIN_LENGTH,
  listTargets,
  type Target,
  type Targets,
  targetCount,
  voucherMessage,
} from "./vouchers/message";
export * from "./vouchers/packed";
export {
  MAX_ED25519_ENTRIES,
  MAX_VOUCHERS_SETTLE_MANY,
  type Settle,
  settle,
  settleInstructions,
  settleMany,
} from "./vouchers/settle";
export { signVoucher, type Voucher, verifyVoucher } from "./vouchers/voucher";
export { decodeWatermarks, type Watermarks } from "./watermarks";
