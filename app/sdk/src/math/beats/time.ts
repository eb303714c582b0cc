/**
 * Twin of `programs/math/src/beats/time.rs`, held to it by `tests/vectors/*.json`. Slots are five
 * minutes of heartbeats, numbered from 1970, and never the cluster's.
 */

/** Seconds of a slot. */
export const SLOT_SECONDS = 300n;
/** Slots of a day. */
export const DAY = 288n;
/** Slots of a month, which has thirty days wherever it lies. */
export const MONTH = 8_640n;

/** What may be done for a slot: nothing yet, file or open a report, close it. */
export type Stage = "Ahead" | "Filing" | "Opening" | "Due";

/** The slot that runs at `now`, in unix seconds; slot 0 before 1970. */
export function slotAt(now: bigint): bigint {
  return now > 0n ? now / SLOT_SECONDS : 0n;
}

/** What may be done for `slot` while `running` runs. */
export function stageOf(args: { slot: bigint; running: bigint }): Stage {
  const passed = args.running - args.slot;
  if (passed <= 0n) return "Ahead";
  if (passed === 1n) return "Filing";
  return passed === 2n ? "Opening" : "Due";
}
