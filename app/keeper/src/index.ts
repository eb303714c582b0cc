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
export { configJsonSchema, loadConfig, parseConfig } from "./engine/config/load";
export { maskConfig } from "./engine/config/mask";
export type { Config, ConfigInput } from "./engine/config/schema";
export * from "./engine/errors";
export type { FailureEvent, KeeperEvents, LandedEvent, PassSummary } from "./engine/events";
export { type Keeper, startKeeper } from "./engine/keeper";
export type { KeeperOptions } from "./engine/options";
export { openLibsqlStore } from "./engine/store/libsql";
export type { Spend, Store, StoredVoucher } from "./engine/store/store";
export { loadPayer } from "./engine/tx/signer";
export type { BookDescription, LineDescription, VoucherStats } from "./programs/streams/http/views";
export type { RefusalCode } from "./programs/streams/vouchers/admission";
export type { Outcome } from "./programs/streams/vouchers/intake";
