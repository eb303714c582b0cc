import { type PackedVoucher, readPacked } from "@pinfi/sdk/streams";
import { type Amounts, amountsOf } from "./amounts";

/**
 * Where a voucher stands: stored, in a transaction under way, executed, settled as far as the only
 * node says and kept for a while, or over.
 */
export type Phase = "stored" | "sent" | "landed" | "settled" | "over";

/** A voucher that the bulk thread has accepted. */
export interface BulkVoucher {
  slot: number;
  /** Base58 address of its book. */
  book: string;
  /** In its slot's place, and so are all the others. */
  bytes: Uint8Array;
  packed: PackedVoucher;
  amounts: Amounts;
  domain: Uint8Array;
  receivedAtMs: number;
  phase: Phase;
  /** Times that its transaction was refused. */
  refusals: number;
  /** Not sent before: after refusals. */
  notBeforeMs: number;
  /** Since when nodes say that it can bring nothing any more; undefined: they do not. */
  overSinceMs: number | undefined;
}

export function bulkVoucher(args: {
  slot: number;
  book: string;
  bytes: Uint8Array;
  domain: Uint8Array;
  receivedAtMs: number;
}): BulkVoucher {
  const packed = readPacked(args.bytes);
  const { targets, start, count } = packed;
  return {
    ...args,
    packed,
    amounts: amountsOf(targets, start, count),
    phase: "stored",
    refusals: 0,
    notBeforeMs: 0,
    overSinceMs: undefined,
  };
}
