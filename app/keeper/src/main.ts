#!/usr/bin/env node
import type { Keypair } from "@solana/web3.js";
import bs58 from "bs58";
import { Command } from "commander";
import { type Logger, pino } from "pino";
import type { Chain } from "./engine/chain/chain";
import { rpcChain } from "./engine/chain/rpc";
import { redactor, secretsOf } from "./engine/config/credentials";
import { configJsonSchema, ENVIRONMENT_PREFIX, loadConfig } from "./engine/config/load";
import { maskConfig } from "./engine/config/mask";
import type { Config } from "./engine/config/schema";
import { asKeeperError, ConfigError } from "./engine/errors";
import { startKeeper } from "./engine/keeper";
import { openLibsqlStore } from "./engine/store/libsql";
import type { Store } from "./engine/store/store";
import { loadPayer } from "./engine/tx/signer";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Exit codes: users of the command line count on them. */
const EXIT = { failed: 1, usage: 2, killed: 130 } as const;

interface RunOptions {
  config?: string;
  once?: boolean;
  dryRun?: boolean;
  check?: boolean;
}

async function main(): Promise<void> {
  const program = new Command("keeper").description(
    "Settles vouchers, pushes claims and closes lines of the streams program.",
  );
  program
    .command("run")
    .description("take vouchers over HTTP and do the rounds until stopped")
    .option("-c, --config <file>", `YAML file; ${ENVIRONMENT_PREFIX}SECTION__KEY overrides it`)
    .option("--once", "one pass of every task, then stop")
    .option("--dry-run", "stop before sending; log what would be sent")
    .option("--check", "print the merged configuration, secrets masked, and stop")
    .action(run);
  program
    .command("schema")
    .description("print the JSON schema of the configuration")
    .action(() => {
      process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    });
  await program.parseAsync();
}

async function run(options: RunOptions): Promise<void> {
  const loaded = loadConfig({
    ...(options.config !== undefined && { file: options.config }),
    environment: process.env,
  });
  const config = options.once ? onFreePorts(loaded) : loaded;
  if (options.check) {
    // Also proves that the key can be read.
    const address = loadPayer(config.payer).publicKey.toBase58();
    const shown = { ...(maskConfig(config) as object), payerAddress: address };
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    return;
  }
  const payer = loadPayer(config.payer);
  redact = redactor([...secretsOf(config), ...formsOf(payer)]);
  const log = logger(config);
  const store = openLibsqlStore(config.store);
  // Before anything says that the keeper runs, so that no signal finds it undecided.
  const { signal, release } = stopOnSignals(log);
  const over = new AbortController();
  try {
    const chain = rpcChain({ ...config.cluster, signal: over.signal });
    await serve({ config, chain, store, payer, log, options, signal });
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
async function serve(args: {
  config: Config;
  chain: Chain;
  store: Store;
  payer: Keypair;
  log: Logger;
  options: RunOptions;
  signal: AbortSignal;
}): Promise<void> {
  const { options, ...rest } = args;
  const keeper = await startKeeper({
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
const onFreePorts = (config: Config): Config => ({
  ...config,
  intake: { ...config.intake, port: 0 },
  operations: { ...config.operations, port: 0 },
});

function logger(config: Config) {
  const { level, pretty } = config.log;
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

main().catch((thrown) => {
  const error = asKeeperError(thrown);
  process.stderr.write(`${error.code}: ${redact(error.message)}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT.usage : EXIT.failed;
});
