/**
 * The migrations without the Anchor CLI: `tsx migrations/run.ts [--plan] [--config FILE]`, with the
 * cluster in ANCHOR_PROVIDER_URL and the path of the key in ANCHOR_WALLET. `--plan` only lists the
 * steps; `--config` reads another file than `clusters.json`, of the same form.
 */
import { parseArgs } from "node:util";
import { AnchorProvider } from "@coral-xyz/anchor";
import { clusterOf, loadConfig } from "./config";
import { migrate, plan } from "./migrate";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { plan: { type: "boolean", default: false }, config: { type: "string" } },
  });
  const provider = AnchorProvider.env();
  const cluster = clusterOf(await provider.connection.getGenesisHash());
  const context = { provider, config: loadConfig(cluster, values.config) };
  if (!values.plan) {
    console.log(`migrating ${cluster} as ${provider.publicKey.toBase58()}`);
    return migrate(context, console.log);
  }
  for (const { step, state, note } of await plan(context)) {
    const line = `${state.padEnd("left out".length)}  ${step.id}: ${step.summary}`;
    console.log(note === undefined ? line : `${line} (${note})`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
