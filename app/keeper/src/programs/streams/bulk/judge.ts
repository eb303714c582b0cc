import type { PackedVoucher } from "@pinfi/sdk/streams";
import { PublicKey } from "@solana/web3.js";
import { BAD_SIGNATURE, delegationFor, type Refusal, refusalOf } from "../vouchers/admission";
import { amountsOf, type Weight, weigh } from "./amounts";
import type { Absent } from "./book-state";
import { type BookState, delegationNow } from "./book-state";
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
  const delegation = delegationNow(known, packed.signer, unixSeconds);
  if (delegation?.former || delegation?.left !== undefined) return "rest";
  let weight: Weight | undefined;
  // Shut lines add nothing, so all of them are looked at only when nothing was added.
  const isShut = (): boolean => {
    weight = weigh(amountsOf(packed.targets, start, count), best, known);
    return weight.raise === 0 && !shut.subarray(start, start + count).includes(0);
  };
  const signer = (): PublicKey => new PublicKey(packed.signer);
  const refusal = refusalOf({
    fits: count <= rules.mostTargets,
    delegation: delegation ?? delegationFor({ header: book, signer: signer(), unixSeconds }),
    lastLine: start + count - 1,
    nextLine: book.nextLine,
    isShut,
  });
  if (refusal !== undefined) return refusal;
  // The book may have come to listen to the key since it was read for this thread.
  if (delegation === undefined || weight === undefined) return "rest";
  const { raise, earns, isCovered } = weight;
  // What no deposit covers waits there until one does.
  if (raise > 0 && (earns === 0 || earns < rules.minEarns)) return "rest";
  if (!signed(packed, book.voucherDomain)) return BAD_SIGNATURE;
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
