/** Twin of `programs/math/src/beats/uptime.rs`, held to it by `tests/vectors/*.json`. */
import { MONTH } from "./time";

/** Missed slots with which a month still counts as 99.9 %. */
const ALLOWED = 8;
/** All of the time, in an uptime. */
export const FULL = 65_535;
/** One part in so many of an uptime is the newest month. */
const MONTHS = 4;

/** Whether so many judged slots make a month that says something: nine tenths. */
export const counts = (judged: number): boolean => judged * 10 >= Number(MONTH) * 9;

/** Whether a node that missed so many slots of a month that counts has earned the bonus. */
export const isEligible = (missed: number): boolean => missed <= ALLOWED;

/** A node's uptime, in parts of `FULL`, after a month that counts, rounded down. */
export function foldDown(args: { uptime: number; judged: number; missed: number }): number {
  const { uptime, judged, missed } = args;
  const up = Math.max(judged - missed, 0);
  const month = judged === 0 ? 0 : Math.floor((up * FULL) / judged);
  return Math.floor((uptime * (MONTHS - 1) + month) / MONTHS);
}
