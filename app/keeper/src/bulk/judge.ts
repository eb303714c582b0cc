import type { PackedVoucher } from "@pinfi/sdk";
import type { Refusal } from "../vouchers/admission";
import { type BookState, equal } from "./book-state";
import { verify } from "./crypto";
import type { Absent } from "./library";
import { amountsOf, raiseOver } from "./words";

/** `rest`: for the ordinary intake, which knows caps, sparse vouchers and small ones. */
export type Verdict = "accepted" | "superseded" | "rest" | Refusal;

const NO_CAP = 2n ** 64n - 1n;

/** Rules of the bulk thread that do not change. */
export interface Rules {
  /** Most targets of a dense voucher that one transaction takes. */
  mostTargets: number;
  minRaise: number;
}

/**
 * Whether a voucher is worth a transaction of its own, under the rules of the ordinary intake.
 * The signature comes last: it costs a hundred times as much as all the others.
 */
export function judge(args: {
  packed: PackedVoucher;
  known: BookState | Absent;
  unixSeconds: bigint;
  rules: Rules;
}): Verdict {
  const { packed, known, unixSeconds, rules } = args;
  const { start, count, kind } = packed;
  // Those of which a transaction takes more than one are packed by the ordinary task.
  if (kind !== "dense" || (2 * count <= rules.mostTargets && count > 0)) return "rest";
  if ("problem" in known) return { code: known.problem, message: "the account is no book" };
  const { book, best, shut, signer } = known;
  if (count > rules.mostTargets) {
    return { code: "VoucherTooLarge", message: "the voucher does not fit into one transaction" };
  }
  if (!equal(signer, packed.signer)) {
    const message = `the book's voucher signer is ${book.voucherSigner.toBase58()}`;
    return { code: "WrongVoucherSigner", message };
  }
  if (book.voucherCap !== NO_CAP) return "rest";
  if (unixSeconds >= book.voucherExpiresAt) {
    const message = `the voucher signer expired at ${book.voucherExpiresAt} (unix seconds)`;
    return { code: "VoucherSignerExpired", message };
  }
  if (start + count > book.nextLine) {
    const message = `line ${start + count - 1} does not exist; the book has ${book.nextLine}`;
    return { code: "LineOutOfRange", message };
  }
  // Shut lines add nothing, so all of them are looked at only when nothing was added.
  const raised = raiseOver(amountsOf(packed.targets, start, count), best, shut);
  if (raised === 0 && !shut.subarray(start, start + count).includes(0)) {
    return { code: "LineClosed", message: "every line that the voucher names is closed" };
  }
  if (raised > 0 && raised < rules.minRaise) return "rest";
  if (!signed(packed, book.voucherDomain)) {
    const message = "the signature does not verify under the voucher domain of the book";
    return { code: "BadSignature", message };
  }
  return raised > 0 ? "accepted" : "superseded";
}

/** What is signed, put together here: no message of what goes into one transaction is longer. */
const scratch = new Uint8Array(4_096);

function signed({ targets, signer, signature }: PackedVoucher, domain: Uint8Array): boolean {
  scratch.set(domain);
  scratch.set(targets, domain.length);
  const message = scratch.subarray(0, domain.length + targets.length);
  return verify({ message, publicKey: signer, signature });
}
