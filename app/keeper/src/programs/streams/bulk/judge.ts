import type { PackedVoucher } from "@pinfi/sdk";
import { PublicKey } from "@solana/web3.js";
import { mandateFor, type Refusal } from "../vouchers/admission";
import { amountsOf, weigh } from "./amounts";
import type { Absent } from "./book-state";
import { type BookState, mandateNow } from "./book-state";
import { verify } from "./crypto";

/**
 * `rest`: for the ordinary intake, which knows caps, former keys, sparse vouchers and small ones.
 * `isCovered`: the deposits cover all that the voucher signs for.
 */
export type Verdict = { taken: "accepted" | "superseded"; isCovered: boolean } | "rest" | Refusal;

/** Rules of the bulk thread that do not change. */
export interface Rules {
  /** Most targets of a dense voucher that one transaction takes. */
  mostTargets: number;
  /** Base units that the lines must earn by it. */
  minEarns: number;
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
  const { book, best, shut } = known;
  if (count > rules.mostTargets) {
    return { code: "VoucherTooLarge", message: "the voucher does not fit into one transaction" };
  }
  const mandate = mandateNow(known, packed.signer, unixSeconds);
  if (mandate === undefined) {
    const found = mandateFor({ header: book, signer: new PublicKey(packed.signer), unixSeconds });
    return "code" in found ? found : "rest";
  }
  if (mandate.former || mandate.left !== undefined) return "rest";
  if (start + count > book.nextLine) {
    const message = `line ${start + count - 1} does not exist; the book has ${book.nextLine}`;
    return { code: "LineOutOfRange", message };
  }
  // Shut lines add nothing, so all of them are looked at only when nothing was added.
  const weight = weigh(amountsOf(packed.targets, start, count), best, known);
  const { raise, earns, isCovered } = weight;
  if (raise === 0 && !shut.subarray(start, start + count).includes(0)) {
    return { code: "LineClosed", message: "every line that the voucher names is closed" };
  }
  // What no deposit covers waits there until one does.
  if (raise > 0 && (earns === 0 || earns < rules.minEarns)) return "rest";
  if (!signed(packed, book.voucherDomain)) {
    const message = "the signature does not verify under the voucher domain of the book";
    return { code: "BadSignature", message };
  }
  return { taken: raise > 0 ? "accepted" : "superseded", isCovered };
}

/** What is signed, put together here: no message of what goes into one transaction is longer. */
const scratch = new Uint8Array(4_096);

function signed({ targets, signer, signature }: PackedVoucher, domain: Uint8Array): boolean {
  scratch.set(domain);
  scratch.set(targets, domain.length);
  const message = scratch.subarray(0, domain.length + targets.length);
  return verify({ message, publicKey: signer, signature });
}
