import { RpcError } from "../errors";
import { jittered } from "../retry";
import type { NodeState } from "./chain";

/** A node that has failed is looked at again after this, doubled with each failure. */
const FIRST_LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 30_000;
/** A longer `Retry-After` than this is not believed. */
const LONGEST_REST_MS = 300_000;

/** A node and what is known of it. */
export interface Seat<Node> {
  readonly node: Node;
  readonly host: string;
  /** Its last request failed. */
  failing: boolean;
  /** Since it last answered. */
  failuresInRow: number;
  /** Since the start. */
  failures: number;
  /** Unix milliseconds at which a failing one is looked at again. */
  lookAtMs: number;
  /** Unix milliseconds until which it has asked to be left alone. */
  restUntilMs: number;
  /** As it last told. */
  slot: bigint;
}

/** Knows which nodes can be relied on, in the order in which they are preferred. */
export interface Pool<Node> {
  /** Whom to ask: those that work, else those that failed; none that rests or is behind. */
  candidates(): Seat<Node>[];
  /** Whose clocks to compare: those that work, else all. `absent`: failed ones that are due a look. */
  compared(): { present: Seat<Node>[]; absent: Seat<Node>[] };
  answered(seat: Seat<Node>): void;
  failed(seat: Seat<Node>, error: RpcError): void;
  sawSlot(seat: Seat<Node>, slot: bigint): void;
  isBehind(seat: Seat<Node>): boolean;
  /** Why there is no candidate. */
  nobody(): RpcError;
  states(): NodeState[];
}

export function createPool<Node>(args: {
  nodes: readonly { node: Node; url: string }[];
  /** A node so many slots behind the best is not believed. */
  maxLagSlots: number;
}): Pool<Node> {
  const seats = args.nodes.map(
    ({ node, url }): Seat<Node> => ({
      node,
      host: new URL(url).host,
      failing: false,
      failuresInRow: 0,
      failures: 0,
      lookAtMs: 0,
      restUntilMs: 0,
      slot: -1n,
    }),
  );
  let best = 0n;

  const rests = ({ restUntilMs }: Seat<Node>): boolean => restUntilMs > Date.now();
  const isBehind = ({ slot }: Seat<Node>): boolean =>
    slot >= 0n && slot + BigInt(args.maxLagSlots) < best;
  const candidates = (): Seat<Node>[] => {
    const able = seats.filter((seat) => !rests(seat) && !isBehind(seat));
    const working = able.filter(({ failing }) => !failing);
    return working.length > 0 ? working : able;
  };

  return {
    candidates,
    compared() {
      const awake = seats.filter((seat) => !rests(seat));
      const present = awake.filter(({ failing }) => !failing);
      const absent = awake.filter(({ failing, lookAtMs }) => failing && lookAtMs <= Date.now());
      return present.some((seat) => !isBehind(seat))
        ? { present, absent }
        : { present: awake, absent: [] };
    },
    answered(seat) {
      seat.failing = false;
      seat.failuresInRow = 0;
    },
    failed(seat, { retryAfterMs }) {
      const nowMs = Date.now();
      seat.failing = true;
      seat.failures += 1;
      seat.failuresInRow += 1;
      const wait = Math.min(FIRST_LOOK_MS * 2 ** (seat.failuresInRow - 1), LONGEST_LOOK_MS);
      seat.lookAtMs = nowMs + jittered(wait);
      if (retryAfterMs !== undefined) {
        seat.restUntilMs = nowMs + Math.min(retryAfterMs, LONGEST_REST_MS);
      }
    },
    sawSlot(seat, slot) {
      seat.slot = slot;
      if (slot > best) best = slot;
    },
    isBehind,
    nobody() {
      const first = Math.min(...seats.map(({ restUntilMs }) => restUntilMs));
      const restMs = first - Date.now();
      if (seats.every(rests))
        return new RpcError("every node asks to be left alone", undefined, restMs);
      const slots = seats.filter(isBehind).map(({ slot }) => best - slot);
      return new RpcError(`no node is up to date: behind by ${slots.join(", ")} slots`);
    },
    states() {
      const [inUse] = candidates();
      return seats.map((seat) => ({
        host: seat.host,
        inUse: seat === inUse,
        behind: isBehind(seat),
        failures: seat.failures,
      }));
    },
  };
}
