export {
  type Config,
  type ConfigInput,
  configJsonSchema,
  loadConfig,
  maskConfig,
  parseConfig,
} from "./config";
export type {
  AccountRecord,
  Chain,
  LandedDetails,
  Now,
  RuntimeFailure,
  SignatureStatus,
} from "./engine/chain/chain";
export { inProcessChain } from "./engine/chain/in-process";
export { type RpcOptions, rpcChain } from "./engine/chain/rpc";
export * from "./engine/errors";
export type { FailureEvent, KeeperEvents, LandedEvent, PassSummary } from "./engine/events";
export type { Keeper } from "./engine/keeper";
export type { Spend } from "./engine/store/store";
export { loadPayer } from "./engine/tx/signer";
export { type KeeperOptions, openLibsqlStore, type Store, startKeeper } from "./keeper";
export type { BookDescription, LineDescription, VoucherStats } from "./programs/streams/http/views";
export type { StoredVoucher } from "./programs/streams/store";
export type { RefusalCode } from "./programs/streams/vouchers/admission";
export type { IntakeResult } from "./programs/streams/vouchers/intake";
