#!/usr/bin/env node
import { Command } from "commander";
import { pino } from "pino";
import { rpcChain } from "./chain/rpc";
import { configJsonSchema, ENVIRONMENT_PREFIX, loadConfig } from "./config/load";
import { maskConfig } from "./config/mask";
import type { Config } from "./config/schema";
import { asKeeperError, ConfigError } from "./errors";
import { startKeeper } from "./keeper";
import { openLibsqlStore } from "./store/libsql";
import { loadPayer } from "./tx/signer";

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
  const log = logger(config);
  const payer = loadPayer(config.payer);
  const store = openLibsqlStore(config.store);
  // Before anything says that the keeper runs, so that no signal finds it undecided.
  const signal = stopOnSignals(log);
  try {
    const keeper = await startKeeper({
      config,
      chain: rpcChain(config.cluster),
      store,
      payer,
      log,
      loop: !options.once,
      events: {
        onFailure: () => {
          if (options.once) process.exitCode = EXIT.failed;
        },
      },
      dryRun: options.dryRun ?? false,
      processMetrics: true,
      signal,
    });
    if (options.once) {
      const summaries = await keeper.runOnce();
      process.stdout.write(`${JSON.stringify(summaries, null, 2)}\n`);
      await keeper.stop();
    }
    await keeper.stopped;
  } finally {
    await store.close();
  }
}

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
    redact: ["secret", "authToken", "*.secret", "*.authToken"],
  });
}

/** The first signal aborts what is returned, the second says how to force it, the third ends the process. */
function stopOnSignals(log: ReturnType<typeof logger>): AbortSignal {
  const stopping = new AbortController();
  let signals = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    signals += 1;
    if (signals === 1) stopping.abort();
    else if (signals === 2) log.warn({ signal: name }, "still stopping; once more to kill");
    else process.exit(EXIT.killed);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, onSignal);
  return stopping.signal;
}

main().catch((thrown) => {
  const error = asKeeperError(thrown);
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT.usage : EXIT.failed;
});
