import { listTargets, type Targets, type Voucher } from "@pinfi/sdk";
import { type BookView, floorOf, isShut } from "../books/books";
import { type Mandate, mandateOf } from "./delegation";

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

/**
 * Everything about a voucher that its book decides, but for the signature. Pure.
 *
 * `best` is what the keeper already holds of a line: the cap must bear those vouchers too,
 * as all of them are going to be settled.
 */
export function judge(args: {
  voucher: Voucher;
  book: BookView;
  /** Lines that vouchers are held for, with the best cumulative. */
  best: Iterable<readonly [number, { cumulative: bigint }]>;
  /** The cluster's clock. */
  unixSeconds: bigint;
  /** Most targets of one voucher that fit into a transaction. */
  fits: (voucher: Voucher) => boolean;
}): Refusal | undefined {
  const { voucher, book, unixSeconds } = args;
  const { header } = book;
  if (!args.fits(voucher)) {
    return refuse("VoucherTooLarge", "the voucher does not fit into one transaction");
  }
  const mandate = mandateFor({ header, signer: voucher.signer, unixSeconds });
  if ("code" in mandate) return mandate;
  const targets = listTargets(voucher.targets);
  const beyond = targets.find(({ line }) => line >= header.nextLine);
  if (beyond !== undefined) {
    const message = `line ${beyond.line} does not exist; the book has ${header.nextLine}`;
    return refuse("LineOutOfRange", message);
  }
  const shut = targets.every(({ line }) => {
    const named = book.line(line);
    return named !== undefined && isShut(named, unixSeconds);
  });
  if (shut) return refuse("LineClosed", "every line that the voucher names is closed");
  return judgeCap({ ...args, mandate, targets: voucher.targets });
}

/** The signer's mandate, or why its vouchers do not count. Pure. */
export function mandateFor(args: Parameters<typeof mandateOf>[0]): Mandate | Refusal {
  const mandate = mandateOf(args);
  if (mandate === undefined) {
    const want = args.header.voucherSigner.toBase58();
    return refuse("WrongVoucherSigner", `the book's voucher signer is ${want}`);
  }
  const { expiresAt } = mandate;
  if (args.unixSeconds < expiresAt) return mandate;
  const message = `the voucher signer expired at ${expiresAt} (unix seconds)`;
  return refuse("VoucherSignerExpired", message);
}

/** Whether the signer's cap bears this voucher together with all that is held already. Pure. */
export function judgeCap(args: {
  book: BookView;
  mandate: Mandate;
  best: Iterable<readonly [number, { cumulative: bigint }]>;
  targets: Targets;
  unixSeconds: bigint;
}): Refusal | undefined {
  const { left } = args.mandate;
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
