import type { TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import type { Outcome } from "../harness/backend";
import type { DecodedEvent } from "../harness/events";
import type { AccountChanges } from "../harness/with-accounts";

/** What may be odd about any call: accounts by their IDL names. */
export interface Odd {
  accounts?: AccountChanges;
}

/** What a verb gives back: the outcome with its events decoded. */
export interface Done extends Outcome {
  events: DecodedEvent[];
}

type Send = (instructions: readonly TransactionInstruction[], odd?: Odd) => Promise<Done>;

/** Sends an instruction with defaults that succeed; a test says only what is odd. */
export interface Verb<A> {
  (given?: Partial<A> & Odd): Promise<Done>;
  /** What it would send. */
  instruction(given?: Partial<A>): TransactionInstruction;
}

/** Makes verbs of the SDK's builders. */
export const verbsWith =
  (send: Send) =>
  <A extends object>(
    build: (args: A) => TransactionInstruction,
    defaults: () => NoInfer<A>,
  ): Verb<A> => {
    const instruction = (given: Partial<A> = {}) => build({ ...defaults(), ...given } as A);
    const verb = ({ accounts, ...given }: Partial<A> & Odd = {}) =>
      send([instruction(given as Partial<A>)], accounts === undefined ? {} : { accounts });
    return Object.assign(verb, { instruction });
  };

/** Asserts that a call emitted this event and nothing else. */
export function assertSaid({ events }: Done, name: string, data: Record<string, unknown>): void {
  assert.deepEqual(events, [{ name, data }]);
}
