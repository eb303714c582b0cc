export type {
  AccountRecord,
  Chain,
  LandedDetails,
  Now,
  RuntimeFailure,
  SignatureStatus,
} from "./chain/chain";
export { inProcessChain } from "./chain/in-process";
export { type RpcOptions, rpcChain } from "./chain/rpc";
export { configJsonSchema, loadConfig, parseConfig } from "./config/load";
export { maskConfig } from "./config/mask";
export type { Config, ConfigInput } from "./config/schema";
export * from "./errors";
export type { FailureEvent, KeeperEvents, LandedEvent, PassSummary } from "./events";
export type { BookDescription, LineDescription, VoucherStats } from "./http/views";
export { type Keeper, startKeeper } from "./keeper";
export type { KeeperOptions } from "./options";
export { openLibsqlStore } from "./store/libsql";
export type { Spend, Store, StoredVoucher } from "./store/store";
export { loadPayer } from "./tx/signer";
export type { RefusalCode } from "./vouchers/admission";
export type { Outcome } from "./vouchers/intake";
