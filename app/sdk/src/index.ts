/** What every program of the suite shares: transactions, errors, tokens, any program from its IDL. */
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
