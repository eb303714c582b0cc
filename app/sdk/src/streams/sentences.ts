import type { PublicKey } from "@solana/web3.js";
import type { StreamsInstruction } from "../generated/streams/names";
import { earned } from "../math/line";
import type { AccountLike, ParsedInstruction } from "../program/define";
import type { DescribedProgram, Sentences, Writer } from "../program/describe";
import { account, authoritySentences, count, percent } from "../program/phrases";
import { decodeBookHeader, decodeLine } from "./book";
import { STREAMS } from "./program";
import { listTargets, type Targets, targetCount } from "./vouchers/message";

/** The mint of a book, where its account is at hand. */
function mintOf(parsed: ParsedInstruction, writer: Writer): PublicKey | undefined {
  const { book, mint } = parsed.accounts;
  if (mint) return mint;
  const data = book && writer.account(book);
  return data && decodeBookHeader(data).mint;
}

/** What the payees earn by the targets, as the book is now. */
function raiseOf(book: AccountLike, targets: Targets): bigint {
  const { nextLine } = decodeBookHeader(book);
  return listTargets(targets)
    .filter(({ line }) => line < nextLine)
    .map(({ line, cumulative }) => ({ cumulative, ...decodeLine(book, line) }))
    .filter(({ cumulative, vouched, removed }) => cumulative > vouched && !removed)
    .reduce((sum, line) => sum + earned({ ...line, vouched: line.cumulative }) - earned(line), 0n);
}

function settling(targets: Targets, parsed: ParsedInstruction, writer: Writer): string {
  const { book } = parsed.accounts;
  const lines = `settles ${count(targetCount(targets), "line")} of book ${account(parsed, "book")}`;
  const data = book && writer.account(book);
  if (!data) return lines;
  const raise = raiseOf(data, targets);
  return `${lines} for ${writer.amount(raise, decodeBookHeader(data).mint)}`;
}

const amount = (parsed: ParsedInstruction, writer: Writer, name = "amount"): string =>
  writer.amount(parsed.args[name] as bigint, mintOf(parsed, writer));

const SENTENCES: Sentences<StreamsInstruction> = {
  ...authoritySentences("streams"),
  add_line: (parsed, writer) =>
    `adds line ${parsed.args.line} for ${String(parsed.args.payee)} to book ${account(parsed, "book")}, ` +
    `with ${amount(parsed, writer, "deposit")} and ${amount(parsed, writer, "rate")} a second`,
  claim: (parsed) =>
    `pays what line ${parsed.args.line} of book ${account(parsed, "book")} has earned to ${account(parsed, "destination")}`,
  claim_many: (parsed) =>
    `pays what ${count((parsed.args.lines as number[]).length, "line")} of book ${account(parsed, "book")} have earned`,
  claim_member: (parsed) =>
    `pays a member's share of pool ${account(parsed, "pool")} to ${account(parsed, "destination")}`,
  close_book: (parsed) =>
    `closes book ${account(parsed, "book")}; what is free goes to ${account(parsed, "destination")}`,
  close_line: (parsed) => `closes line ${parsed.args.line} of book ${account(parsed, "book")}`,
  close_member: (parsed) => `closes a member's account of pool ${account(parsed, "pool")}`,
  close_pool: (parsed) => `closes pool ${account(parsed, "pool")}`,
  collect_fees: (parsed) => `burns and sends on the fees of book ${account(parsed, "book")}`,
  collect_escrow: (parsed) =>
    `sends on the fees that wait in the escrow of mint ${account(parsed, "mint")}`,
  recover_tokens: (parsed) =>
    `recovers what lies in ${account(parsed, "stray")}, an account of pool ${account(parsed, "pool")}, to ${account(parsed, "destination")}`,
  deposit: (parsed, writer) =>
    `deposits ${amount(parsed, writer)} into book ${account(parsed, "book")}`,
  distribute: (parsed, writer) =>
    `distributes ${amount(parsed, writer)} among the members of pool ${account(parsed, "pool")}`,
  fund_line: (parsed, writer) =>
    `adds ${amount(parsed, writer)} to line ${parsed.args.line} of book ${account(parsed, "book")}`,
  open_book: (parsed) =>
    `opens book ${account(parsed, "book")} of ${account(parsed, "payer")} in mint ${account(parsed, "mint")}; ` +
    `fees on claims are at most ${percent(parsed.args.maxFeeBps)}`,
  open_pool: (parsed) => `opens pool ${account(parsed, "pool")} in mint ${account(parsed, "mint")}`,
  reap: (parsed) => `clears away the spent book ${account(parsed, "book")}`,
  refund: (parsed, writer) =>
    `takes ${amount(parsed, writer)} out of book ${account(parsed, "book")} to ${account(parsed, "destination")}`,
  remove_line: (parsed) => `removes line ${parsed.args.line} of book ${account(parsed, "book")}`,
  reserve_lines: (parsed) =>
    `makes room for ${count(parsed.args.count as number, "line")} in book ${account(parsed, "book")}`,
  set_mint_policy: (parsed) =>
    `sets the policy of mint ${account(parsed, "mint")}: a fee of ${percent(parsed.args.feeBps)} on claims, ` +
    `${percent(parsed.args.burnBps)} of it burned, new books ${parsed.args.enabled ? "allowed" : "refused"}`,
  set_rate: (parsed, writer) =>
    `sets line ${parsed.args.line} of book ${account(parsed, "book")} to ${amount(parsed, writer, "rate")} a second`,
  set_units: (parsed) =>
    `gives ${String(parsed.args.who)} ${String(parsed.args.units)} units of pool ${account(parsed, "pool")}`,
  set_voucher_signer: (parsed) =>
    `lets ${String(parsed.args.signer)} sign vouchers of book ${account(parsed, "book")}`,
  settle: (parsed, writer) => settling(parsed.args.targets as Targets, parsed, writer),
  settle_many: (parsed, writer) => {
    const vouchers = parsed.args.vouchers as { targets: Targets }[];
    const each = vouchers.map(({ targets }, index) => {
      const book = parsed.remaining[index]?.pubkey;
      return settling(targets, { ...parsed, accounts: book ? { book } : {} }, writer);
    });
    return each.join("; ");
  },
};

/** Streams with what its instructions do in words, for `createDescriber`. */
export const STREAMS_DESCRIBED: DescribedProgram<StreamsInstruction> = {
  program: STREAMS,
  sentences: SENTENCES,
};
