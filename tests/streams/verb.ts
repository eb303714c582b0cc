import type { TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import type { Outcome } from "../harness/backend";
import type { DecodedEvent } from "../harness/events";
import type { AccountChanges } from "../harness/tamper";

/** What may be odd about any call: accounts by their IDL names. */
export interface Odd {
  accounts?: AccountChanges;
}

/** What a verb gives back: the outcome with its events decoded. */
export interface Done extends Outcome {
  events: DecodedEvent[];
}

type Send = (instructions: readonly TransactionInstruction[], odd?: Odd) => Promise<Done>;

/** Makes verbs: builders of the SDK with defaults that succeed, so a test says only what is odd. */
export const verbsWith =
  (send: Send) =>
  <A extends object>(build: (args: A) => TransactionInstruction, defaults: () => NoInfer<A>) =>
  ({ accounts, ...given }: Partial<A> & Odd = {}): Promise<Done> =>
    send([build({ ...defaults(), ...given } as A)], accounts === undefined ? {} : { accounts });

/** Asserts that a call emitted this event and nothing else. */
export function assertSaid({ events }: Done, name: string, data: Record<string, unknown>): void {
  assert.deepEqual(events, [{ name, data }]);
}
