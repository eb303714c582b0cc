/** Twin of `programs/math/src/beats/seats.rs`, held to it by `tests/vectors/*.json`. */

/** Reporters of a page. */
export const SEATS = 7;
/** Draws before seats that are left empty go to the first in the roster that have none. */
const TRIES = 64;

/** One that may be drawn; of one operator's candidates at most one is. */
export interface Candidate {
  operator: string;
  /** Base units, of this candidate alone. */
  stake: bigint;
}

/**
 * Positions in the roster of those drawn by stake, in the order of their drawing. Takes a number
 * of `random`, uniform in u64, for each try: 64 at most.
 */
export function drawSeats(roster: readonly Candidate[], random: () => bigint): number[] {
  const total = roster.reduce((sum, { stake }) => sum + stake, 0n);
  const seats: number[] = [];
  const taken = new Set<string>();
  const offer = (position: number): void => {
    const candidate = roster[position];
    if (!candidate || seats.length === SEATS || taken.has(candidate.operator)) return;
    taken.add(candidate.operator);
    seats.push(position);
  };
  for (let tries = 0; tries < TRIES && seats.length < SEATS; tries++) {
    offer(positionOf(roster, (random() * total) >> 64n));
  }
  roster.forEach(({ stake }, position) => {
    if (stake > 0n) offer(position);
  });
  return seats;
}

/** Whose part of the total the `point` lies in; -1 if nobody has stake. */
function positionOf(roster: readonly Candidate[], point: bigint): number {
  let upTo = 0n;
  return roster.findIndex(({ stake }) => {
    upTo += stake;
    return point < upTo;
  });
}
