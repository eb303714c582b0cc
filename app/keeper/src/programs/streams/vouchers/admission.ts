import { listTargets, type Targets, type Voucher } from "@pinfi/sdk/streams";
import { type BookView, floorOf, isShut } from "../books/books";
import { type Delegation, delegationOf } from "./delegation";

/** Why a voucher was not taken. Stable: metrics labels and HTTP answers carry it. */
export type RefusalCode =
  | "MalformedVoucher"
  | "UnknownBook"
  | "NotABook"
  | "VoucherTooLarge"
  | "WrongVoucherSigner"
  | "VoucherSignerExpired"
  | "BadSignature"
  | "LineOutOfRange"
  | "LineClosed"
  | "CapExceeded";

/** A refusal: final for this voucher as it is, as far as the chain stands now. */
export interface Refusal {
  code: RefusalCode;
  message: string;
}

/** HTTP status of each refusal. */
export const REFUSAL_STATUS: Readonly<Record<RefusalCode, number>> = {
  MalformedVoucher: 400,
  UnknownBook: 404,
  NotABook: 422,
  VoucherTooLarge: 422,
  WrongVoucherSigner: 403,
  VoucherSignerExpired: 403,
  BadSignature: 403,
  LineOutOfRange: 422,
  LineClosed: 409,
  CapExceeded: 409,
};

/** Refusals that a fresher look at the book may lift. */
export const DEPENDS_ON_BOOK: ReadonlySet<RefusalCode> = new Set([
  "UnknownBook",
  "WrongVoucherSigner",
  "VoucherSignerExpired",
  "BadSignature",
  "LineOutOfRange",
  "CapExceeded",
]);

/** What the rules ask of a voucher and its book, however the two are laid out in memory. */
export interface VoucherFacts {
  /** Whether one transaction can carry it. */
  fits: boolean;
  /** The signer's delegation, or why its vouchers do not count. */
  delegation: Delegation | Refusal;
  /** The highest line that it names, and how many lines the book has ever had. */
  lastLine: number;
  nextLine: number;
  /** Whether no voucher can raise any of its lines any more; asked where all of them exist. */
  isShut: () => boolean;
}

/** The rules that every voucher is judged by, in their order; its signer's cap and the signature come after. Pure. */
export function refusalOf(facts: VoucherFacts): Refusal | undefined {
  const { delegation, lastLine, nextLine } = facts;
  if (!facts.fits) {
    return refuse("VoucherTooLarge", "the voucher does not fit into one transaction");
  }
  if ("code" in delegation) return delegation;
  if (lastLine >= nextLine) {
    const message = `line ${lastLine} does not exist; the book has ${nextLine}`;
    return refuse("LineOutOfRange", message);
  }
  if (!facts.isShut()) return undefined;
  return refuse("LineClosed", "every line that the voucher names is closed");
}

/** Of a voucher that somebody else has signed, or nobody. */
export const BAD_SIGNATURE: Refusal = {
  code: "BadSignature",
  message: "the signature does not verify under the voucher domain of the book",
};

/**
 * Everything about a voucher that its book decides, but for the signature. Pure.
 *
 * `best` is what the keeper already holds of a line: the cap must bear those vouchers too,
 * as all of them are going to be settled.
 */
export function judge(args: {
  voucher: Voucher;
  book: BookView;
  /** Lines of which vouchers are pending, with the best cumulative. */
  best: Iterable<readonly [number, { cumulative: bigint }]>;
  /** The cluster's clock. */
  unixSeconds: bigint;
  /** Most targets of one voucher that fit into a transaction. */
  fits: (voucher: Voucher) => boolean;
}): Refusal | undefined {
  const { voucher, book, unixSeconds } = args;
  const { header } = book;
  const delegation = delegationFor({ header, signer: voucher.signer, unixSeconds });
  const targets = listTargets(voucher.targets);
  const refusal = refusalOf({
    fits: args.fits(voucher),
    delegation,
    lastLine: targets.reduce((last, { line }) => Math.max(last, line), 0),
    nextLine: header.nextLine,
    isShut: () =>
      targets.every(({ line }) => {
        const named = book.line(line);
        return named !== undefined && isShut(named, unixSeconds);
      }),
  });
  if (refusal !== undefined || "code" in delegation) return refusal;
  return judgeCap({ ...args, delegation, targets: voucher.targets });
}

/** The signer's delegation, or why its vouchers do not count. Pure. */
export function delegationFor(args: Parameters<typeof delegationOf>[0]): Delegation | Refusal {
  const delegation = delegationOf(args);
  if (delegation === undefined) {
    const want = args.header.voucherSigner.toBase58();
    return refuse("WrongVoucherSigner", `the book's voucher signer is ${want}`);
  }
  const { expiresAt } = delegation;
  if (args.unixSeconds < expiresAt) return delegation;
  const message = `the voucher signer expired at ${expiresAt} (unix seconds)`;
  return refuse("VoucherSignerExpired", message);
}

/** Whether the signer's cap bears this voucher together with all that is pending already. Pure. */
export function judgeCap(args: {
  book: BookView;
  delegation: Delegation;
  best: Iterable<readonly [number, { cumulative: bigint }]>;
  targets: Targets;
  unixSeconds: bigint;
}): Refusal | undefined {
  const { left } = args.delegation;
  if (left === undefined) return undefined;
  const floor = floorOf(args.book, args.unixSeconds);
  const promised = new Map<number, bigint>();
  const promise = (line: number, cumulative: bigint): void => {
    if (cumulative > (promised.get(line) ?? floor(line))) promised.set(line, cumulative);
  };
  for (const [line, { cumulative }] of args.best) promise(line, cumulative);
  for (const { line, cumulative } of listTargets(args.targets)) promise(line, cumulative);
  let raise = 0n;
  for (const [line, cumulative] of promised) raise += cumulative - floor(line);
  if (raise <= left) return undefined;
  return refuse("CapExceeded", `promises ${raise} base units in sum, the cap leaves ${left}`);
}

const refuse = (code: RefusalCode, message: string): Refusal => ({ code, message });
