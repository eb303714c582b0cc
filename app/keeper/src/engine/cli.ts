import type { Keypair } from "@solana/web3.js";
import bs58 from "bs58";
import { Command } from "commander";
import { type Logger, pino } from "pino";
import type { Chain } from "./chain/chain";
import { rpcChain } from "./chain/rpc";
import { redactor, secretsOf } from "./config/credentials";
import { type ConfigReader, ENVIRONMENT_PREFIX } from "./config/load";
import type { EngineConfig } from "./config/schema";
import { asKeeperError, ConfigError } from "./errors";
import type { Keeper } from "./keeper";
import type { EngineOptions } from "./options";
import type { Store } from "./store/store";
import { loadPayer } from "./tx/signer";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Exit codes: users of the command line count on them. */
const EXIT = { failed: 1, usage: 2, killed: 130 } as const;

/** A keeper as a command: what it is made of, by whoever knows its programs. */
export interface KeeperCommand<Config extends EngineConfig, Tables> {
  name: string;
  description: string;
  config: ConfigReader<Config>;
  /** The configuration as it may be printed. */
  mask(config: Config): unknown;
  openStore(config: Config["store"]): Store<Tables>;
  start(
    options: Omit<EngineOptions, "config" | "programs" | "store"> & {
      config: Config;
      store: Store<Tables>;
    },
  ): Promise<Keeper>;
}

interface RunOptions {
  config?: string;
  once?: boolean;
  dryRun?: boolean;
  check?: boolean;
}

/** Does what the command line says; sets the exit code of the process. */
export async function runCommand<Config extends EngineConfig, Tables>(
  keeper: KeeperCommand<Config, Tables>,
): Promise<void> {
  const program = new Command(keeper.name).description(keeper.description);
  const flags = "-c, --config <file>";
  const meaning = `YAML file; ${ENVIRONMENT_PREFIX}SECTION__KEY overrides it`;
  program
    .command("run")
    .description("take what is posted over HTTP and do the rounds until stopped")
    .option(flags, meaning)
    .option("--once", "one pass of every task, then stop")
    .option("--dry-run", "stop before sending; log what would be sent")
    .option("--check", "as the command check does")
    .action((options: RunOptions) => run(keeper, options));
  program
    .command("check")
    .description("print the merged configuration, secrets masked, and stop")
    .option(flags, meaning)
    .action((options: RunOptions) => run(keeper, { ...options, check: true }));
  program
    .command("schema")
    .description("print the JSON schema of the configuration")
    .action(() => {
      process.stdout.write(`${JSON.stringify(keeper.config.jsonSchema(), null, 2)}\n`);
    });
  try {
    await program.parseAsync();
  } catch (thrown) {
    const error = asKeeperError(thrown);
    process.stderr.write(`${error.code}: ${redact(error.message)}\n`);
    process.exitCode = error instanceof ConfigError ? EXIT.usage : EXIT.failed;
  }
}

async function run<Config extends EngineConfig, Tables>(
  keeper: KeeperCommand<Config, Tables>,
  options: RunOptions,
): Promise<void> {
  const loaded = keeper.config.load({
    ...(options.config !== undefined && { file: options.config }),
    environment: process.env,
  });
  const config = options.once ? onFreePorts(loaded) : loaded;
  if (options.check) {
    // Also proves that the key can be read.
    const address = loadPayer(config.payer).publicKey.toBase58();
    const shown = { ...(keeper.mask(config) as object), payerAddress: address };
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    return;
  }
  const payer = loadPayer(config.payer);
  redact = redactor([...secretsOf(config), ...formsOf(payer)]);
  const log = logger(config);
  const store = keeper.openStore(config.store);
  // Before anything says that the keeper runs, so that no signal finds it undecided.
  const { signal, release } = stopOnSignals(log);
  const over = new AbortController();
  try {
    const chain = rpcChain({ ...config.cluster, signal: over.signal });
    await serve(keeper, { config, chain, store, payer, log, options, signal });
  } catch (error) {
    // Whoever stops it before it has started gets what they asked for.
    if (error !== signal.reason) throw error;
    log.info("stopped before it had started");
  } finally {
    over.abort();
    await store.close();
    // What is left of the process obeys signals as any other does.
    release();
  }
}

/** Runs a keeper to its end; it is stopped in any case, before its store is closed. */
async function serve<Config extends EngineConfig, Tables>(
  command: KeeperCommand<Config, Tables>,
  args: {
    config: Config;
    chain: Chain;
    store: Store<Tables>;
    payer: Keypair;
    log: Logger;
    options: RunOptions;
    signal: AbortSignal;
  },
): Promise<void> {
  const { options, ...rest } = args;
  const keeper = await command.start({
    ...rest,
    loop: !options.once,
    events: {
      onFailure: () => {
        if (options.once) process.exitCode = EXIT.failed;
      },
    },
    dryRun: options.dryRun ?? false,
    processMetrics: true,
  });
  try {
    if (options.once) {
      const summaries = await keeper.runOnce();
      process.stdout.write(`${JSON.stringify(summaries, null, 2)}\n`);
      await keeper.stop();
    }
    await keeper.stopped;
  } finally {
    await keeper.stop();
  }
}

/** Hides what must not be written; nothing is known to hide before the configuration is read. */
let redact = (text: string): string => text;

const formsOf = ({ secretKey }: Keypair): string[] => [
  JSON.stringify([...secretKey]),
  bs58.encode(secretKey),
  bs58.encode(secretKey.subarray(0, 32)),
  Buffer.from(secretKey).toString("hex"),
];

/** A single pass may be made beside a keeper that runs on another store. */
const onFreePorts = <Config extends EngineConfig>(config: Config): Config => ({
  ...config,
  intake: { ...config.intake, port: 0 },
  operations: { ...config.operations, port: 0 },
});

function logger({ log: { level, pretty } }: EngineConfig) {
  return pino({
    level,
    ...(pretty && { transport: { target: "pino-pretty" } }),
    hooks: { streamWrite: (line) => redact(line) },
  });
}

/** The first signal aborts what is returned, the second says how to force it, the third ends the process. */
function stopOnSignals(log: Logger): { signal: AbortSignal; release: () => void } {
  const stopping = new AbortController();
  let signals = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    signals += 1;
    if (signals === 1) stopping.abort();
    else if (signals === 2) log.warn({ signal: name }, "still stopping; once more to kill");
    else process.exit(EXIT.killed);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  const release = (): void => {
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  return { signal: stopping.signal, release };
}
