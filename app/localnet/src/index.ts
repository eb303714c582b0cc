export type { AccountFilter } from "./accounts";
export {
  type LoadedProgram,
  type NamedProgram,
  PROGRAM_DIRECTORY,
  PROGRAM_DIRECTORY_V3,
  readPrograms,
} from "./artifacts";
export { LocalnetError, type LocalnetErrorCode } from "./error";
export { type Failure, ranBeforeFailing } from "./failure";
export { BLOCKHASH_LIFETIME_SLOTS } from "./ledger";
export {
  type AddressedAccount,
  PROGRAM_DATA_HEADER_BYTES,
  programDataAddressOf,
  UPGRADEABLE_LOADER,
  upgradeableProgramAccounts,
} from "./loader";
export {
  fixedKeypair,
  type Localnet,
  type LocalnetOptions,
  MAINNET_LAMPORTS_PER_BYTE,
  PAYER_LAMPORTS,
  startLocalnet,
} from "./localnet";
export type { Receipt } from "./receipt";
export {
  DEFAULT_UNIX_TIMESTAMP,
  type EpochSchedule,
  epochOf,
  epochStartSeconds,
  SLOT_MILLISECONDS,
  type Step,
  type Time,
  timeAfter,
} from "./time";
export type { ClusterClock } from "./timekeeper";
export type { AnyTransaction } from "./wire";
