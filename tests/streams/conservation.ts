import { earnedAt } from "@pinfi/sdk/streams";
import { assert } from "chai";
import type { Scenario } from "./scenario";

/**
 * The book's equations, from its account and its vault alone. `donated` is what was sent to
 * the vault past the program.
 */
export async function assertConserved(streams: Scenario, donated: bigint): Promise<void> {
  const book = await streams.state();
  const now = await streams.now();
  const live = book.lines.filter((line) => !line.removed);
  const committed = live.reduce((sum, line) => sum + line.deposit - line.claimed, 0n);

  assert.equal(book.committed, committed, "committed is the sum over the lines");
  assert.equal(
    book.free + book.committed,
    book.deposited - book.refunded - book.claimed,
    "what is in is free or committed",
  );
  assert.equal(book.lineCount, live.length, "lines not removed");
  assert.isTrue(book.feesCollected <= book.feesAccrued && book.feesAccrued <= book.claimed, "fees");
  for (const line of live) {
    const earned = earnedAt({ line, now });
    assert.isTrue(line.claimed <= earned && earned <= line.deposit, `line ${line.index}`);
  }
  const tracked = book.free + book.committed + book.feesAccrued - book.feesCollected;
  assert.equal(await streams.balance(streams.vault), tracked + donated, "the vault's balance");
}
