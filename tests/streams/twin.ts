import { programUnits } from "../benchmarks/measure";
import { OTHER_DIRECTORY } from "../harness/programs";

/** Whether units tell the paths apart: the switches of a program with mutants cost some, too. */
export const UNITS_TELL = OTHER_DIRECTORY === undefined;

/**
 * Whether Anchor served a call and not the hot path, which takes at most `most` units, fewer than
 * Anchor does, and says nothing in words of what is wrong.
 */
export const servedByAnchor = (logs: readonly string[], most: number): boolean =>
  programUnits(logs) > most || logs.some((one) => one.includes("AnchorError"));
