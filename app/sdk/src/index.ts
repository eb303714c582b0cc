export { isStrictSignature } from "./crypto/ed25519";
export type { Engine } from "./crypto/engines";
export * from "./failure";
export type { Idl } from "./idl";
export * from "./ids";
export * from "./interop";
export * from "./math/fee";
export * from "./math/share";
export {
  type AccountLike,
  defineProgram,
  type InstructionInput,
  type ParsedInstruction,
  type Program,
} from "./program/define";
export {
  createDescriber,
  type DescribedProgram,
  type DescribeOptions,
  type Describer,
  decimal,
  type Sentences,
  type Writer,
} from "./program/describe";
export {
  createExplainer,
  type ErrorEntry,
  type ExplainedError,
  type Explainer,
} from "./program/errors";
export type { DecodedEvent } from "./program/events";
export {
  type Config,
  decodeConfig,
  decodeMintPolicy,
  type MintPolicy,
} from "./streams/accounts";
export * from "./streams/book";
export { denseSettleUnits, settleBudget, settleOf, type VerifiedBy } from "./streams/budget";
export * from "./streams/errors";
export * from "./streams/events";
export * from "./streams/idl";
export * from "./streams/instructions/authority";
export {
  closeBook,
  collectEscrow,
  collectFees,
  deposit,
  MAX_FEE_BPS,
  openBook,
  reap,
  refund,
} from "./streams/instructions/books";
export * from "./streams/instructions/lines";
export * from "./streams/instructions/pools";
export {
  maxBooks,
  maxDenseTargets,
  maxSparseTargets,
  type PackOptions,
} from "./streams/packing/capacity";
export * from "./streams/packing/pack";
export * from "./streams/packing/template";
export * from "./streams/pdas";
export * from "./streams/pool";
export { STREAMS, STREAMS_PROGRAM_ID } from "./streams/program";
export * from "./streams/quotes";
export { STREAMS_DESCRIBED } from "./streams/sentences";
export * from "./streams/vouchers/json";
export {
  DOMAIN_LENGTH,
  listTargets,
  type Target,
  type Targets,
  targetCount,
  voucherMessage,
} from "./streams/vouchers/message";
export * from "./streams/vouchers/packed";
export {
  MAX_ED25519_ENTRIES,
  MAX_VOUCHERS_SETTLE_MANY,
  type Settle,
  settle,
  settleInstructions,
  settleMany,
} from "./streams/vouchers/settle";
export { signVoucher, type Voucher, verifyVoucher } from "./streams/vouchers/voucher";
export { decodeWatermarks, type Watermarks } from "./streams/watermarks";
export * from "./token";
export { type Budget, budgetInstructions } from "./tx/budget";
export { compileTransaction, type UnsignedTransaction } from "./tx/compile";
export * from "./tx/cost";
export * from "./tx/limits";
export * from "./tx/send";
export { assembleTransaction, type SecretKeyHolder, signTransaction } from "./tx/sign";
export { transactionSize } from "./tx/size";
export { type Sending, untilSettled } from "./tx/until-settled";
export * from "./tx/wire";
