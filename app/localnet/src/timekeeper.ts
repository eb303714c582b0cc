import { createHash } from "node:crypto";
import { getBase58Decoder } from "@solana/kit";
import { Clock, type LiteSVM } from "litesvm";
import { epochOf, epochStartSeconds, type Step, type Time, timeAfter } from "./time";

/** Entries the SlotHashes sysvar holds. */
const SLOT_HASHES = 512;

/** The cluster's clock as programs see it. */
export interface ClusterClock {
  slot: bigint;
  epoch: bigint;
  /** Seconds. */
  unixTimestamp: bigint;
}

/** Keeps the sysvars that tell the time in step; LiteSVM's own warp moves the slot only. */
export interface Timekeeper {
  clock(): ClusterClock;
  advance(step: Step): void;
}

export function timekeeperOf(svm: LiteSVM, unixTimestamp: bigint): Timekeeper {
  const schedule = svm.getEpochSchedule();

  const apply = (time: Time): void => {
    const epoch = epochOf(time.slot, schedule);
    const seconds = time.unixMilliseconds / 1_000n;
    const epochStart = epochStartSeconds(time, schedule);
    svm.setClock(new Clock(time.slot, epochStart, epoch, epoch + 1n, seconds));
    const parent = { slot: time.slot - 1n, hash: slotHash(time.slot - 1n) };
    const older = svm.getSlotHashes().filter(({ slot }) => slot < parent.slot);
    svm.setSlotHashes([parent, ...older].slice(0, SLOT_HASHES));
  };

  let time: Time = { slot: svm.getClock().slot, unixMilliseconds: unixTimestamp * 1_000n };
  apply(time);
  return {
    clock() {
      const { slot, epoch, unixTimestamp: seconds } = svm.getClock();
      return { slot, epoch, unixTimestamp: seconds };
    },
    advance(step) {
      time = timeAfter({ time, step, schedule });
      apply(time);
    },
  };
}

/** Any 32 bytes will do, as long as each slot has its own and two runs agree. */
const slotHash = (slot: bigint): string =>
  getBase58Decoder().decode(createHash("sha256").update(`pinfi slot ${slot}`).digest());
