import type { Budget } from "@pinfi/sdk";
import * as sdk from "@pinfi/sdk/streams";
import { startWorld } from "../harness/describe";
import { KEYS } from "../streams/keys";
import { type Scenario, startScenario } from "../streams/scenario";
import { type Case, measure, type Row, type Table } from "./measure";

const start = () => startWorld("litesvm");

/** Lines of the smallest, a usual and the largest book. One of the largest is left to add. */
const BOOKS = [1, 100, 65_534];
/** Members of a small and a large pool, who share the same units. */
const POOLS = [10, 1_000_000];
const UNITS = 1_000_000n;

/** Where a book's next line and count of lines are, and a pool's units and members. */
const NEXT_LINE = 8 + 292;
const LINE_COUNT = NEXT_LINE + 2;
const TOTAL_UNITS = 8 + 3 * 32 + 16;
const MEMBERS = TOTAL_UNITS + 4 * 8;

/** What the longest book makes a transaction load. */
const budget: Budget = {
  computeUnitLimit: 100_000,
  loadedAccountsDataSizeLimit: 64 * 1024 * 1024,
};

/** The same instructions on books and pools of very different size, whose units must be equal. */
export async function growthRows(): Promise<Table> {
  const rows: Table = {};
  for (const lines of BOOKS) {
    for (const [name, row] of await rowsOfBook(lines)) rows[`streams.${name}.of-${lines}`] = row;
  }
  for (const members of POOLS) rows[`streams.distribute.${members}`] = await distributeRow(members);
  return rows;
}

async function rowsOfBook(lines: number): Promise<[string, Row][]> {
  const streams = await startScenario(start, { feeBps: 250 });
  await streams.addLine();
  await lengthen(streams, lines);
  const { book, mint } = streams;
  const payer = KEYS.payer.publicKey;
  const payee = KEYS.payee.publicKey;
  const row = (one: Case) => measure(streams, { ...one, budget });
  const add = { payer, book, line: lines, payee, deposit: 1n, rate: 0n, controlled: false };

  const settled = await row(await settleCase(streams));
  const claim = sdk.claim({ book, mint: mint.address, line: 0, payee });
  return [
    ["settle", settled],
    ["claim", await row({ instructions: [claim] })],
    [
      "fund_line",
      await row({ instructions: [sdk.fundLine({ payer, book, line: 0, amount: 5n })] }),
    ],
    ["add_line", await row({ instructions: [sdk.addLine(add)] })],
    [
      "close_line",
      await row({ instructions: [sdk.closeLine({ authority: payee, book, line: 0 })] }),
    ],
    ["remove_line", await row({ instructions: [sdk.removeLine({ book, line: 0 })] })],
  ];
}

async function settleCase({ book, world }: Scenario): Promise<Case> {
  const account = await world.account(book);
  if (account === null) throw new Error("the book is not open");
  const domain = sdk.decodeBookHeader(account.data).voucherDomain;
  const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [100n] };
  const voucher = sdk.signVoucher({ domain, book, targets, signer: KEYS.payer });
  // The budget goes behind them.
  const instructions = sdk.settleInstructions({
    settles: [{ book, domain, voucher }],
    firstIndex: 0,
  });
  return { instructions, targets: 1 };
}

/** Gives the book as many lines, all but the first empty, and room for one more. */
async function lengthen({ book, world }: Scenario, lines: number): Promise<void> {
  const account = await world.account(book);
  if (account === null) throw new Error("the book is not open");
  const data = Buffer.alloc(sdk.BOOK_HEADER_LENGTH + (lines + 1) * sdk.LINE_LENGTH);
  account.data.copy(data);
  data.writeUInt16LE(lines, NEXT_LINE);
  data.writeUInt16LE(lines, LINE_COUNT);
  const lamports = Number(await world.minimumBalance(data.length));
  world.setAccount(book, { ...account, data, lamports });
}

async function distributeRow(members: number): Promise<Row> {
  const streams = await startScenario(start, { stage: "policy" });
  const { mint, payerTokens, world } = streams;
  const owner = KEYS.payer.publicKey;
  const pool = sdk.poolAddress({ owner, mint: mint.address, id: 0 });
  await streams.send([
    sdk.openPool({ owner, mint: mint.address, id: 0 }),
    sdk.setUnits({ owner, pool, mint: mint.address, who: KEYS.payee.publicKey, units: 1n }),
  ]);
  const account = await world.account(pool);
  if (account === null) throw new Error("the pool is not open");
  account.data.writeBigUInt64LE(UNITS, TOTAL_UNITS);
  account.data.writeUInt32LE(members, MEMBERS);
  world.setAccount(pool, account);
  const of = { pool, mint: mint.address, funder: owner, source: payerTokens };
  return measure(streams, { instructions: [sdk.distribute({ ...of, amount: 1_000n })] });
}
