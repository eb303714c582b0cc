import type { Failure } from "./failure";

/** What became of a transaction. */
export interface Receipt {
  /** First signature, base58. */
  signature: string;
  /** `null`: it succeeded. */
  failure: Failure | null;
  logs: string[];
  /** Compute units of the whole transaction. */
  units: bigint;
  returnData: Buffer;
}
