import { LocalnetError } from "./error";

/** Nominal length of a slot. Only simulators may know it; programs never do. */
export const SLOT_MILLISECONDS = 400n;

/** First second of 2026, where clusters of this repository begin. */
export const DEFAULT_UNIX_TIMESTAMP = 1_767_225_600n;

/** How far to move: one unit, a positive whole number of it. */
export type Step = { seconds: bigint } | { slots: bigint } | { epochs: bigint };

/** Position of a cluster in slots and in time. */
export interface Time {
  slot: bigint;
  /** Kept in milliseconds so that slots of 400 ms add up; the sysvar shows whole seconds. */
  unixMilliseconds: bigint;
}

/** What a simulator says about its epochs. */
export interface EpochSchedule {
  slotsPerEpoch: bigint;
  firstNormalEpoch: bigint;
  firstNormalSlot: bigint;
}

/** Time after the step: slots and seconds always move together, by at least one slot. */
export function timeAfter({
  time,
  step,
  schedule,
}: {
  time: Time;
  step: Step;
  schedule: EpochSchedule;
}): Time {
  const [unit, amount] = Object.entries(step)[0] ?? ["nothing", 0n];
  if (Object.keys(step).length !== 1 || amount < 1n) {
    throw new LocalnetError("invalid-step", `cannot advance by ${amount} ${unit}`);
  }
  if ("seconds" in step) {
    const milliseconds = step.seconds * 1_000n;
    const slots = (milliseconds + SLOT_MILLISECONDS - 1n) / SLOT_MILLISECONDS;
    return { slot: time.slot + slots, unixMilliseconds: time.unixMilliseconds + milliseconds };
  }
  const slots =
    "slots" in step
      ? step.slots
      : firstSlotOfEpoch(epochOf(time.slot, schedule) + step.epochs, schedule) - time.slot;
  return {
    slot: time.slot + slots,
    unixMilliseconds: time.unixMilliseconds + slots * SLOT_MILLISECONDS,
  };
}

/**
 * Epoch of a slot past the short epochs of a cluster's first days.
 *
 * @throws LocalnetError `slot-before-normal-epochs`
 */
export function epochOf(slot: bigint, schedule: EpochSchedule): bigint {
  if (slot < schedule.firstNormalSlot) {
    throw new LocalnetError("slot-before-normal-epochs", `slot ${slot} is in a warm-up epoch`);
  }
  return schedule.firstNormalEpoch + (slot - schedule.firstNormalSlot) / schedule.slotsPerEpoch;
}

function firstSlotOfEpoch(epoch: bigint, schedule: EpochSchedule): bigint {
  return schedule.firstNormalSlot + (epoch - schedule.firstNormalEpoch) * schedule.slotsPerEpoch;
}

/** When the epoch of `time` began, in unix seconds, at the nominal slot length. */
export function epochStartSeconds(time: Time, schedule: EpochSchedule): bigint {
  const begin = firstSlotOfEpoch(epochOf(time.slot, schedule), schedule);
  return (time.unixMilliseconds - (time.slot - begin) * SLOT_MILLISECONDS) / 1_000n;
}
