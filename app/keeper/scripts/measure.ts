// Measures intake and settlement on the in-process cluster:
//   npx tsx app/keeper/scripts/measure.ts [--books 20] [--lines 90] [--rounds 20] [--version v0]
// Every voucher signature is verified by the keeper, every transaction by the runtime. Processor
// seconds are the figure to compare: wall-clock time depends on what else the machine does.
import { parseArgs } from "node:util";
import { type Voucher, voucherToJson } from "@pinfi/sdk/streams";
import { startOn } from "../test/support/running";
import { createWorld, type OpenBook, type World } from "../test/support/world";

/** Vouchers in one request, and requests at a time. */
const BATCH = 256;
const POSTERS = 4;

interface Measured {
  count: number;
  perSecond: number;
  perProcessorSecond: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      books: { type: "string", default: "20" },
      lines: { type: "string", default: "90" },
      rounds: { type: "string", default: "20" },
      version: { type: "string", default: "v0" },
    },
  });
  const [books, lines, rounds] = [values.books, values.lines, values.rounds].map(Number) as [
    number,
    number,
    number,
  ];
  const world = createWorld();
  const opened = Array.from({ length: books }, () =>
    world.openBook({ lines, payeeAccounts: false, depositPerLine: 1_000_000n }),
  );
  const keeper = await startOn(world, {
    config: {
      transactions: { version: values.version as "v0" | "v1" },
      intake: { bookCacheMs: 5_000 },
      limits: { maxFeeLamportsPerHour: 1_000_000_000 },
      tasks: { claimDue: { enabled: false }, closeExpired: { enabled: false } },
    },
  });

  const vouchers = Array.from({ length: rounds }, (_, round) =>
    opened.map((open) => denseVoucher({ world, open, lines, cumulative: BigInt(round + 1) })),
  ).flat();
  const bodies = chunks(vouchers.map(voucherToJson), BATCH).map((part) => JSON.stringify(part));
  const intake = await measured(vouchers.length, async () => {
    const queue = bodies.values();
    const poster = async (): Promise<void> => {
      for (const body of queue) await keeper.post("/vouchers/batch", body);
    };
    await Promise.all(Array.from({ length: POSTERS }, poster));
  });
  const settling = await measured(books * lines, async () => {
    await keeper.runOnce({ tasks: ["settle-books"] });
  });
  if (keeper.failures.length > 0) throw new Error(JSON.stringify(keeper.failures[0]));
  const { body: stats } = await keeper.get("/vouchers/stats");
  const figures = {
    books,
    lines,
    version: values.version,
    voucherBytes: Math.round((bodies.join("").length ?? 0) / vouchers.length),
    stats,
    intakeVouchers: intake,
    intakeTargets: scaled(intake, lines),
    settledTargets: settling,
    settleTransactions: scaled(settling, keeper.landed.length / (books * lines)),
    residentMegabytes: Math.round(process.memoryUsage().rss / 1e6),
  };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  await keeper.end();
}

function denseVoucher(args: {
  world: World;
  open: OpenBook;
  lines: number;
  cumulative: bigint;
}): Voucher {
  const cumulative = Array.from({ length: args.lines }, () => args.cumulative);
  return args.world.voucher(args.open, { kind: "dense", start: 0, cumulative });
}

async function measured(count: number, run: () => Promise<void>): Promise<Measured> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await run();
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const processorSeconds = (user + system) / 1e6;
  return {
    count,
    perSecond: Math.round(count / seconds),
    perProcessorSecond: Math.round(count / processorSeconds),
  };
}

const scaled = (figures: Measured, by: number): Measured => ({
  count: Math.round(figures.count * by),
  perSecond: Math.round(figures.perSecond * by),
  perProcessorSecond: Math.round(figures.perProcessorSecond * by),
});

function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}

main().catch((error) => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exitCode = 1;
});
