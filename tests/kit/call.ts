import type { TransactionInstruction } from "@solana/web3.js";
import type { Outcome } from "../harness/backend";
import type { DecodedEvent } from "../harness/events";
import type { World } from "../harness/world";

/** The tests of one program at work: a world, and a way to send with its events read. */
export interface Bench {
  world: World;
  /** Signed by whoever of the tests' people must sign. */
  send(
    instructions: readonly TransactionInstruction[],
  ): Promise<Outcome & { events: DecodedEvent[] }>;
}

/**
 * A call that succeeds, with what must have happened before it. A program's own type of it says in
 * `stage` how far its bench is set up.
 */
export interface HonestCall<B extends Bench> {
  prepare?: (bench: B) => Promise<unknown>;
  /** The last of the instructions is the one that is looked at. */
  instructions: (bench: B) => Promise<TransactionInstruction[]> | TransactionInstruction[];
}

/** The call of an instruction; a program's table must have all of them. */
export function callOf<C>(calls: Readonly<Record<string, C>>, instruction: string): C {
  const call = calls[instruction];
  if (call === undefined) throw new Error(`the honest calls have none for ${instruction}`);
  return call;
}
