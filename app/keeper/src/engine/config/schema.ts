import { z } from "zod";

const address = z
  .string()
  .regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, "expected a base58 address of 32 to 44 characters");
/** Base units or lamports: a whole number, quoted when it is beyond 2^53. */
const amount = z
  .union([z.int().nonnegative(), z.string().regex(/^\d+$/)], {
    error: "expected a whole number of base units, quoted when above 9007199254740991",
  })
  .transform((value) => BigInt(value));
const milliseconds = z.int().min(1).max(86_400_000);
const seconds = z.int().min(0).max(2_592_000);
const lamports = z.int().min(0).max(1_000_000_000_000);
const percent = z.int().min(1).max(100);
const port = z.int().min(0).max(65_535);
const secret = z.string().min(1).meta({ secret: true });

const inFlight = z.int().min(1).max(256);
/** Of every task. */
const task = {
  enabled: z.boolean().prefault(true),
  inFlight: inFlight.prefault(8).describe("transactions of this task awaited at once"),
};

const nodeUrl = z
  .url({ protocol: /^https?$/, error: "expected an http(s) address of a JSON-RPC node" })
  .meta({ secret: true });

/** SQLite takes an empty name, `:memory:` and its own `file:` addresses for stores without a disk. */
const FILE = /^file:(?!\s*$|:|file:)[^\p{Cc}]+$/iu;
const storeUrl = z
  .string()
  .superRefine((text, context) => {
    if (FILE.test(text)) return;
    const refuse = (message: string): void => context.addIssue({ code: "custom", message });
    const remote = /^(libsql|https?):\/\//.test(text) && URL.canParse(text) ? new URL(text) : null;
    if (remote === null || remote.host === "") {
      refuse(
        "expected file:PATH of a file on a disk (such as file:keeper.db; a store in memory would lose vouchers), or the libsql: or http(s): address of a libSQL server",
      );
    } else if (remote.username !== "" || remote.password !== "") {
      refuse(
        "a libSQL server takes a token, no user and password: put it into store.authToken (PINFI__STORE__AUTH_TOKEN)",
      );
    }
  })
  .meta({ secret: true });

const clusterSchema = z.strictObject({
  url: nodeUrl
    .prefault("http://127.0.0.1:8899")
    .describe("JSON-RPC node; often carries an access key, so it is masked in output"),
  fallbackUrls: z
    .array(nodeUrl)
    .max(8)
    .prefault([])
    .describe("nodes to ask, in this order, when the ones before fail or fall behind"),
  commitment: z
    .enum(["processed", "confirmed", "finalized"])
    .prefault("confirmed")
    .describe("level at which reads and landed transactions are believed"),
  timeoutMs: milliseconds.prefault(15_000).describe("longest wait for one request"),
  retries: z.int().min(0).max(10).prefault(3).describe("repeats of a failed read"),
  maxLagSlots: z
    .int()
    .min(1)
    .max(10_000)
    .prefault(50)
    .describe("a node so many slots behind the best one seen is not believed"),
  preflight: z.boolean().prefault(true).describe("let the node simulate before it forwards"),
  discoverEveryMs: z
    .int()
    .min(0)
    .max(86_400_000)
    .prefault(60_000)
    .describe("how often all books of the program are listed"),
});

const payerSchema = z.strictObject({
  keypair: z.string().min(1).optional().describe("path of a key file (64-number JSON array)"),
  secret: secret
    .optional()
    .describe("the same array as text; meant for PINFI__PAYER__SECRET, never for the file"),
  minBalanceLamports: lamports
    .prefault(10_000_000)
    .describe("below this the keeper stops sending and /readyz says so"),
});

const intakeSchema = z
  .strictObject({
    host: z.string().prefault("127.0.0.1"),
    port: port.prefault(8080),
    bodyLimitBytes: z.int().min(1_024).max(1_048_576).prefault(65_536),
    batchBodyLimitBytes: z.int().min(1_024).max(67_108_864).prefault(16_777_216),
    batchLimit: z
      .int()
      .min(1)
      .max(100_000)
      .prefault(10_000)
      .describe("vouchers in one batch or feed; a longer one is refused as a whole"),
    connectionLimit: z
      .int()
      .min(1)
      .max(10_000)
      .prefault(512)
      .describe("connections served at once; more are answered 503"),
    underWayLimitBytes: z
      .int()
      .min(1_024)
      .max(4_294_967_296)
      .prefault(67_108_864)
      .describe(
        "bytes of all bodies under way, beyond the first bodyLimitBytes of each; more are answered 503",
      ),
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
  })
  .refine(
    ({ underWayLimitBytes, batchBodyLimitBytes }) => underWayLimitBytes >= batchBodyLimitBytes,
    { path: ["underWayLimitBytes"], error: "expected at least batchBodyLimitBytes" },
  );

const transactionsSchema = z
  .strictObject({
    version: z
      .enum(["v0", "v1"])
      .prefault("v0")
      .describe("v1 carries 4,096 bytes; refused at start by a node that cannot read it"),
    priorityFeeLamports: z
      .int()
      .min(0)
      .max(100_000_000)
      .prefault(0)
      .describe("offered for each transaction on top of 5,000 a signature; least of an estimate"),
    priorityFeePercentile: z
      .int()
      .min(0)
      .max(100)
      .prefault(0)
      .describe("of the prices in recent slots, as an estimate of the offer; 0: no estimate"),
    priorityFeeCapLamports: z
      .int()
      .min(0)
      .max(100_000_000)
      .prefault(5_000)
      .describe("most that an estimate may come to for one transaction"),
    resendMs: milliseconds.prefault(2_000).describe("an unseen transaction is sent again after"),
    pollMs: milliseconds.prefault(500).describe("statuses are asked for this often"),
    resigns: z
      .int()
      .min(0)
      .max(10)
      .prefault(2)
      .describe("new signatures after an expiry, before the item waits for the next round"),
  })
  .refine(
    ({ priorityFeePercentile, priorityFeeLamports, priorityFeeCapLamports }) =>
      priorityFeePercentile === 0 || priorityFeeLamports <= priorityFeeCapLamports,
    { path: ["priorityFeeCapLamports"], error: "expected at least priorityFeeLamports" },
  );

const limitsSchema = z.strictObject({
  maxFeeLamportsPerHour: lamports
    .prefault(50_000_000)
    .describe("most lamports spent in any 60 minutes; holds across restarts"),
  bookPercent: percent.prefault(20).describe("of that, most that is spent on one book"),
  payerPercent: percent.prefault(30).describe("of that, most that is spent on one payer's books"),
  deadlinePercent: z
    .int()
    .min(0)
    .max(90)
    .prefault(20)
    .describe("of each of these limits, what is kept for work with a deadline"),
});

const settleSchema = z.strictObject({
  ...task,
  everyMs: milliseconds.prefault(5_000),
  maxFeeLamports: lamports.prefault(20_000).describe("most that one voucher may cost"),
  minRaise: amount.prefault(1).describe("base units newly owed that make a book due at once"),
  dust: amount
    .prefault(0)
    .describe("a book that would gain less than this is never settled: not worth its fee"),
  maxDelaySeconds: seconds.prefault(60).describe("a voucher with less is settled after this long"),
});

const claimSchema = z.strictObject({
  ...task,
  everyMs: milliseconds.prefault(30_000),
  maxFeeLamports: lamports.prefault(10_000),
  minAmount: amount.prefault(1_000_000).describe("claimable base units worth a transaction"),
  minAmountByMint: z.record(address, amount).prefault({}).describe("the same for single mints"),
});

const closeSchema = z.strictObject({
  ...task,
  everyMs: milliseconds.prefault(60_000),
  maxFeeLamports: lamports.prefault(10_000),
  releaseAfterSeconds: seconds
    .prefault(3_600)
    .describe("an unclaimed closed line returns its remainder to the payer after this long"),
});

const collectSchema = z.strictObject({
  ...task,
  enabled: z.boolean().prefault(false),
  everyMs: milliseconds.prefault(3_600_000),
  maxFeeLamports: lamports.prefault(10_000),
  minAmount: amount.prefault(1_000_000).describe("uncollected fees worth a transaction"),
});

/** Everything the keeper can be told. Descriptions become the JSON schema and `--help`. */
export const configSchema = z.strictObject({
  cluster: clusterSchema.prefault({}),
  payer: payerSchema.prefault({}),
  store: z
    .strictObject({
      url: storeUrl
        .prefault("file:keeper.db")
        .describe("file:PATH on a disk here, or the address of a libSQL server"),
      keepSettledSeconds: seconds
        .prefault(600)
        .describe("a settled voucher is kept so long after the only node has called it final"),
      authToken: secret.optional().describe("for a libSQL server"),
    })
    .prefault({}),
  intake: intakeSchema.prefault({}),
  operations: z
    .strictObject({
      host: z.string().prefault("127.0.0.1"),
      port: port
        .prefault(9464)
        .describe("/metrics, /healthz and /readyz; may be the intake's port"),
      stallSeconds: seconds
        .prefault(300)
        .describe("/healthz fails when no pass and no transaction has finished for this long"),
      slotStallSeconds: seconds
        .prefault(30)
        .describe("/readyz fails when the cluster's slot stands still for this long; 0: never"),
      drainSeconds: seconds
        .prefault(10)
        .describe("longest wait for transactions under way when stopping"),
    })
    .prefault({}),
  transactions: transactionsSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  tasks: z
    .strictObject({
      settleBooks: settleSchema.prefault({}),
      claimDue: claimSchema.prefault({}),
      closeExpired: closeSchema.prefault({}),
      collectFees: collectSchema.prefault({}),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"])
        .prefault("info"),
      pretty: z.boolean().prefault(false),
    })
    .prefault({}),
});

/** As written in a file: defaults still missing, amounts not yet bigint. */
export type ConfigInput = z.input<typeof configSchema>;

/** One frozen object, parsed once at start and handed to whoever needs a part of it. */
export type Config = z.output<typeof configSchema>;
