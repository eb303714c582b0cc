import { z } from "zod";
import {
  address,
  amount,
  lamports,
  milliseconds,
  percent,
  seconds,
  taskFields,
} from "../../engine/config/fields";
import type { EngineConfig, Settings, SettingsOf } from "../../engine/config/schema";

const settleSchema = z.strictObject({
  ...taskFields,
  everyMs: milliseconds.prefault(5_000),
  maxFeeLamports: lamports.prefault(20_000).describe("most that one voucher may cost"),
  minRaise: amount.prefault(1).describe("base units newly owed that make a book due at once"),
  dust: amount
    .prefault(0)
    .describe("a book that would gain less than this is never settled: not worth its fee"),
  maxDelaySeconds: seconds.prefault(60).describe("a voucher with less is settled after this long"),
});

const claimSchema = z.strictObject({
  ...taskFields,
  everyMs: milliseconds.prefault(30_000),
  maxFeeLamports: lamports.prefault(10_000),
  minAmount: amount.prefault(1_000_000).describe("claimable base units worth a transaction"),
  minAmountByMint: z.record(address, amount).prefault({}).describe("the same for single mints"),
});

const closeSchema = z.strictObject({
  ...taskFields,
  everyMs: milliseconds.prefault(60_000),
  maxFeeLamports: lamports.prefault(10_000),
  releaseAfterSeconds: seconds
    .prefault(3_600)
    .describe("an unclaimed closed line returns its remainder to the payer after this long"),
});

const collectSchema = z.strictObject({
  ...taskFields,
  enabled: z.boolean().prefault(false),
  everyMs: milliseconds.prefault(3_600_000),
  maxFeeLamports: lamports.prefault(10_000),
  minAmount: amount.prefault(1_000_000).describe("uncollected fees worth a transaction"),
});

/** What streams adds to the keeper's configuration. */
export const STREAMS_SETTINGS = {
  store: {
    keepSettledSeconds: seconds
      .prefault(600)
      .describe("a settled voucher is kept so long after the only node has called it final"),
  },
  intake: {
    batchLimit: z
      .int()
      .min(1)
      .max(100_000)
      .prefault(10_000)
      .describe("vouchers in one batch or feed; a longer one is refused as a whole"),
    queueLimit: z
      .int()
      .min(1)
      .max(1_000_000)
      .prefault(20_000)
      .describe("vouchers waiting for the store before 503 is answered"),
    groupCommit: z
      .int()
      .min(1)
      .max(10_000)
      .prefault(1_000)
      .describe("vouchers per store transaction"),
    bookCacheMs: z
      .int()
      .min(0)
      .max(3_600_000)
      .prefault(5_000)
      .describe("a book read this recently is not read again to accept a voucher"),
  },
  limits: {
    bookPercent: percent.prefault(20).describe("of that, most that is spent on one book"),
    payerPercent: percent.prefault(30).describe("of that, most that is spent on one payer's books"),
  },
  tasks: {
    settleBooks: settleSchema.prefault({}),
    claimDue: claimSchema.prefault({}),
    closeExpired: closeSchema.prefault({}),
    collectFees: collectSchema.prefault({}),
  },
} satisfies Settings;

/** The configuration as far as streams reads it. */
export type StreamsConfig = EngineConfig & SettingsOf<typeof STREAMS_SETTINGS>;
