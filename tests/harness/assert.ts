import { assert } from "chai";
import { TransactionRefused } from "./refused";

/**
 * Proves that a transaction was refused with exactly this error and that nothing changed:
 * every account it involved is byte-equal, lamports included, the fee aside. Returns the refusal.
 */
export async function assertRefused(
  attempt: Promise<unknown>,
  errorName: string,
): Promise<TransactionRefused> {
  const refused = await attempt.then(
    () => assert.fail(`expected ${errorName}, but the transaction went through`),
    (error: unknown) => error,
  );
  // Anything else that was thrown is a fault of the test and keeps its own stack.
  if (!(refused instanceof TransactionRefused)) throw refused;
  assert.equal(refused.errorName, errorName, refused.logs.join("\n"));
  assert.deepEqual(refused.changes, [], `${errorName} left traces`);
  return refused;
}
