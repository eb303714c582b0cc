import type { TransactionFormat } from "@pinfi/sdk";
import * as sdk from "@pinfi/sdk/streams";
import type { Keypair } from "@solana/web3.js";
import { startWorld } from "../harness/describe";
import { KEYS } from "../streams/keys";
import { type Scenario, startScenario } from "../streams/scenario";
import { measure, type Row, type Table } from "./measure";

const start = () => startWorld("litesvm");

/** Totals for `count` lines, each with a unit more than in the round before. */
const totals = (count: number, round: number): bigint[] => new Array(count).fill(BigInt(round));

/** Settles on a book of many lines, whose number must not matter, and on many books. */
export async function settleRows(): Promise<Table> {
  const streams = await bookOfLines(sdk.maxDenseTargets("v1"));
  let round = 0;
  const settled = async (
    make: (round: number) => sdk.Targets,
    options: SettleOptions = {},
  ): Promise<Row> => {
    round += 1;
    return measureSettle(streams, make(round), options);
  };
  const dense = (count: number) => (now: number) => ({
    kind: "dense" as const,
    start: 0,
    cumulative: totals(count, now),
  });
  const sparse = (count: number) => (now: number) => ({
    kind: "sparse" as const,
    entries: totals(count, now).map((cumulative, nth) => ({ line: nth * 3, cumulative })),
  });

  const rows: Table = {
    "streams.settle.one": await settled(dense(1)),
    "streams.settle.dense-10": await settled(dense(10)),
    "streams.settle.sparse-10": await settled(sparse(10)),
    // The largest v0 transaction has no bytes left to ask for anything.
    "streams.settle.v0-max": await settled(dense(sdk.maxDenseTargets("v0")), { limits: false }),
    "streams.settle.v1-max": await settled(dense(sdk.maxDenseTargets("v1")), { format: "v1" }),
    "streams.settle.twin": await settled(dense(1), { twin: true }),
  };
  await streams.setVoucherSigner({ cap: 1_000_000n });
  const signer = KEYS.voucherSigner;
  rows["streams.settle.capped-10"] = await settled(dense(10), { signer });
  for (let line = 0; line < 10; line++) await streams.setRate({ line, rate: 1n });
  await streams.advance({ seconds: 5n });
  rows["streams.settle.rate-10"] = await settled(dense(10), { signer });
  rows["streams.settle.books-v1-max"] = await manyBooks("ed25519");
  rows["streams.settle.payers-max"] = await manyBooks("program");
  return rows;
}

interface SettleOptions {
  format?: TransactionFormat;
  /** Default: the payer. */
  signer?: Keypair;
  /** By way of the plain Anchor form. */
  twin?: boolean;
  /** Whether the transaction asks for the units and bytes it needs. */
  limits?: boolean;
}

async function measureSettle(
  streams: Scenario,
  targets: sdk.Targets,
  { format = "v0", twin = false, limits = true, signer = KEYS.payer }: SettleOptions,
): Promise<Row> {
  const { voucher } = await streams.voucher({ targets, signer });
  const { units, ...plain } = sdk.settleOf({
    address: streams.book,
    book: await streams.state(),
    voucher,
  });
  // Without the hot path's figure the SDK allows for the plain form.
  const settle = twin || units === undefined ? plain : { ...plain, units };
  return measure(streams, {
    instructions: streams.settleInstructions(settle, { twin }),
    feePayer: streams.world.payer,
    format,
    budget: limits ? sdk.settleBudget([settle]) : {},
    targets: sdk.targetCount(targets),
  });
}

/** As many books as one v1 transaction can settle, one line each, signed one by one. */
async function manyBooks(verifiedBy: sdk.VerifiedBy): Promise<Row> {
  const streams = await startScenario(start);
  const { mint, world } = streams;
  const payer = KEYS.payer.publicKey;
  const options = { format: "v1", verifiedBy } as const;
  const settles: sdk.Settle[] = [];
  for (let id = 1; id <= sdk.maxBooks(options); id++) {
    await streams.openBook({ id });
    const book = sdk.bookAddress({ payer, mint: mint.address, id });
    await streams.addLine({ book, line: 0, deposit: 0n });
    const account = await world.account(book);
    if (account === null) throw new Error("the book is not open");
    const state = sdk.decodeBook(account);
    const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [1n] };
    const domain = state.voucherDomain;
    const voucher = sdk.signVoucher({ domain, book, targets, signer: KEYS.payer });
    settles.push(sdk.settleOf({ address: book, book: state, voucher }));
  }
  const [batch] = sdk.packSettles({ settles, payer: world.payer.publicKey, ...options });
  if (batch?.settles.length !== settles.length) throw new Error("they fit one transaction");
  const { instructions, budget, targets } = batch;
  return measure(streams, {
    instructions,
    feePayer: world.payer,
    format: "v1",
    budget,
    targets,
  });
}

/** A book with free tokens and `count` lines without a rate. */
async function bookOfLines(count: number): Promise<Scenario> {
  const streams = await startScenario(start);
  const { book } = streams;
  const payer = KEYS.payer.publicKey;
  const payee = KEYS.payee.publicKey;
  for (let line = 0; line < count; line += 106) {
    await streams.reserveLines({ count: Math.min(106, count - line) });
  }
  for (let from = 0; from < count; from += 8) {
    const lines = Array.from({ length: Math.min(8, count - from) }, (_, nth) => from + nth);
    const terms = { payer, book, payee, deposit: 100n, rate: 0n, controlled: false };
    await streams.send(lines.map((line) => sdk.addLine({ ...terms, line })));
  }
  return streams;
}
