import { z } from "zod";
import { lamports, milliseconds, port, seconds, secret } from "./fields";

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
        "expected file:PATH of a file on a disk (such as file:keeper.db; a store in memory would lose what was taken in), or the libsql: or http(s): address of a libSQL server",
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
    .describe("how often all accounts of a program are listed that its tasks go through"),
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

const storeSchema = z.strictObject({
  url: storeUrl
    .prefault("file:keeper.db")
    .describe("file:PATH on a disk here, or the address of a libSQL server"),
  authToken: secret.optional().describe("for a libSQL server"),
});

const operationsSchema = z.strictObject({
  host: z.string().prefault("127.0.0.1"),
  port: port.prefault(9464).describe("/metrics, /healthz and /readyz; may be the intake's port"),
  stallSeconds: seconds
    .prefault(300)
    .describe("/healthz fails when no pass and no transaction has finished for this long"),
  slotStallSeconds: seconds
    .prefault(30)
    .describe("/readyz fails when the cluster's slot stands still for this long; 0: never"),
  drainSeconds: seconds
    .prefault(10)
    .describe("longest wait for transactions under way when stopping"),
});

const logSchema = z.strictObject({
  level: z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]).prefault("info"),
  pretty: z.boolean().prefault(false),
});

const limitsSchema = z.strictObject({
  maxFeeLamportsPerHour: lamports
    .prefault(50_000_000)
    .describe("most lamports spent in any 60 minutes; holds across restarts"),
  deadlinePercent: z
    .int()
    .min(0)
    .max(90)
    .prefault(20)
    .describe("of each of these limits, what is kept for work with a deadline"),
});

/** Everything the engine can be told, by section. Descriptions become the JSON schema and `--help`. */
const ENGINE_SECTIONS = {
  cluster: clusterSchema,
  payer: payerSchema,
  store: storeSchema,
  intake: intakeSchema,
  operations: operationsSchema,
  transactions: transactionsSchema,
  limits: limitsSchema,
  log: logSchema,
};

/** What a program adds to sections: of the engine's, or of its own. All of it has defaults. */
export type Settings = Readonly<Record<string, Readonly<Record<string, z.ZodType>>>>;

/** One frozen object, parsed once at start and handed to whoever needs a part of it. */
export type EngineConfig = {
  [Section in keyof typeof ENGINE_SECTIONS]: z.output<(typeof ENGINE_SECTIONS)[Section]>;
};

/** As written in a file: defaults still missing. */
export type EngineConfigInput = {
  [Section in keyof typeof ENGINE_SECTIONS]?: z.input<(typeof ENGINE_SECTIONS)[Section]>;
};

type Shape<Fields> = z.ZodObject<{ -readonly [Field in keyof Fields]: Fields[Field] & z.ZodType }>;

/** What a program's settings are once parsed. */
export type SettingsOf<Of extends Settings> = {
  [Section in keyof Of]: z.output<Shape<Of[Section]>>;
};

/** The same as written in a file. */
export type SettingsInputOf<Of extends Settings> = {
  [Section in keyof Of]?: z.input<Shape<Of[Section]>>;
};

/** The sections of the engine and of programs in one. Throws where two want the same key. */
export function composeSchema(programs: readonly { name: string; settings: Settings }[]) {
  const sections: Record<string, z.ZodObject> = { ...ENGINE_SECTIONS };
  for (const { name, settings } of programs) {
    for (const [section, fields] of Object.entries(settings)) {
      const known = sections[section];
      const taken = Object.keys(fields).find((key) => known !== undefined && key in known.shape);
      if (taken !== undefined) throw new Error(`${name}: ${section}.${taken} is taken already`);
      sections[section] = known?.safeExtend(fields) ?? z.strictObject(fields);
    }
  }
  const all = Object.entries(sections).map(([name, section]) => [name, section.prefault({})]);
  return z.strictObject(Object.fromEntries(all) as Record<string, z.ZodType>);
}
