/**
 * The migrations without the Anchor CLI: `tsx migrations/run.ts [--plan]`, with the cluster in
 * ANCHOR_PROVIDER_URL and the path of the key in ANCHOR_WALLET. `--plan` only lists the steps.
 */
import { parseArgs } from "node:util";
import { AnchorProvider } from "@coral-xyz/anchor";
import { clusterOf, loadConfig } from "./config";
import deploy from "./deploy";
import { plan } from "./migrate";

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { plan: { type: "boolean", default: false } } });
  const provider = AnchorProvider.env();
  if (!values.plan) return deploy(provider);
  const cluster = clusterOf(await provider.connection.getGenesisHash());
  for (const { step, done } of await plan({ provider, config: loadConfig(cluster) })) {
    console.log(`${done ? "done " : "to do"}  ${step.id}: ${step.summary}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
