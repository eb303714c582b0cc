import { BOOK_HEADER_LENGTH, LINE_LENGTH } from "@pinfi/sdk/streams";
import type { AccountInfo } from "@solana/web3.js";
import fc from "fast-check";
import { KEYS } from "./keys";
import type { Scenario } from "./scenario";

/** Offsets in the book's account. */
const AT = { expiresAt: 8 + 192, cap: 8 + 200, spent: 8 + 208 };
/** The same for the signer before. */
const FORMER = { signer: 8 + 304, expiresAt: 8 + 336, cap: 8 + 344, spent: 8 + 352 };
const MAX = 2n ** 64n - 1n;
const NEVER = 2n ** 63n - 1n;

/** Base units, mostly small, sometimes at the ends of their range. */
export const amount = fc.oneof(
  { weight: 3, arbitrary: fc.bigInt(0n, 2_000n) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 1n, 2n ** 63n, MAX - 1n, MAX) },
  { weight: 1, arbitrary: fc.bigInt(0n, MAX) },
);

/** A line in any state, also in such as no program would leave; offsets in seconds from now. */
export const line = fc.record({
  deposit: amount,
  vouched: amount,
  rate: fc.oneof(fc.constant(0n), fc.bigInt(1n, 10n), fc.constant(MAX)),
  accrued: amount,
  accruedOffset: fc.bigInt(-1_000n, 10n),
  closing: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.bigInt(-2n, 2n) },
  ),
  removed: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
});
export type LineState = typeof line extends fc.Arbitrary<infer T> ? T : never;

/** A voucher signer's terms. */
const terms = {
  cap: fc.oneof({ weight: 2, arbitrary: fc.constant(MAX) }, { weight: 3, arbitrary: amount }),
  spent: amount,
};

/** What the book says of its voucher signer; `genuine`: whether that key signs. */
export const signer = fc.record({
  ...terms,
  expiry: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.bigInt(-1n, 1n) },
  ),
  genuine: fc.integer({ min: 0, max: 9 }).map((one) => one > 1),
  /** The key that signs what is not genuine was the signer before; null: some other key was. */
  former: fc.option(fc.record({ ...terms, expiry: fc.bigInt(-1n, 2n) })),
});
export type SignerState = typeof signer extends fc.Arbitrary<infer T> ? T : never;

/** The book's account with its lines, and its voucher signer, in the states given. */
export async function bookWith(
  { world, book, now }: Scenario,
  lines: readonly LineState[],
  by?: SignerState,
): Promise<AccountInfo<Buffer>> {
  const account = await world.account(book);
  if (account === null) throw new Error("the book is not open");
  const { data } = account;
  const time = await now();
  if (by !== undefined) {
    const put = (
      at: typeof AT,
      { cap, spent, expiry }: Pick<SignerState, keyof typeof terms | "expiry">,
    ) => {
      data.writeBigInt64LE(expiry === null ? NEVER : time + expiry, at.expiresAt);
      data.writeBigUInt64LE(cap, at.cap);
      // Never more than the cap, as no program would let it be.
      data.writeBigUInt64LE(cap === MAX ? spent : spent % (cap + 1n), at.spent);
    };
    put(AT, by);
    data.fill(0, FORMER.signer, BOOK_HEADER_LENGTH);
    if (by.former !== null) {
      data.set(KEYS.stranger.publicKey.toBytes(), FORMER.signer);
      put(FORMER, by.former);
    }
  }
  lines.forEach((state, nth) => {
    const at = BOOK_HEADER_LENGTH + LINE_LENGTH * nth;
    const closing = state.closing === null ? 0n : time + state.closing;
    const values = [state.deposit, state.vouched, state.rate, state.accrued];
    values.forEach((value, field) => {
      data.writeBigUInt64LE(value, at + 32 + 8 * field);
    });
    data.writeBigInt64LE(time + state.accruedOffset, at + 64);
    data.writeBigInt64LE(state.removed ? -(2n ** 63n) : closing, at + 80);
    data.writeUInt32LE(state.removed ? 4 : 0, at + 88);
  });
  return account;
}
