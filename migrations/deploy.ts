/** What `anchor migrate` runs: brings the cluster to what `clusters.json` says. */
import { clusterOf, loadConfig } from "./config";
import { migrate } from "./migrate";
import type { MigrationProvider } from "./step";

async function deploy(provider: MigrationProvider): Promise<void> {
  const cluster = clusterOf(await provider.connection.getGenesisHash());
  console.log(`migrating ${cluster} as ${provider.publicKey.toBase58()}`);
  await migrate({ provider, config: loadConfig(cluster) }, console.log);
}

// Anchor calls the module itself, not its default export.
export = deploy;
