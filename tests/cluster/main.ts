/** `npm run cluster`: a node of one's own, with the programs on it and money for whoever is named. */
import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import { FUNDS, startCluster } from "./cluster";
import { readOptions, USAGE, UsageError } from "./options";

async function main(): Promise<void> {
  const { port, folder, fresh, fund } = readOptions(process.argv.slice(2));
  if (fresh) {
    // Only what is ours: somebody's folder may hold more.
    for (const name of ["chain.sqlite", "chain.sqlite-wal", "chain.sqlite-shm"]) {
      rmSync(join(folder, name), { force: true });
    }
  }
  const cluster = await startCluster({ folder, port, report: say });
  for (const address of fund) {
    await cluster.fund(address);
    const sol = FUNDS.lamports / 1_000_000_000;
    const dollars = (FUNDS.tokens / 1_000_000n).toLocaleString("en-US");
    say(`${address.toBase58()}: ${sol} SOL and ${dollars} test dollars more`);
  }
  say(`
  HTTP         http://127.0.0.1:${port}
  WebSocket    ws://127.0.0.1:${port + 1}
  streams      ${STREAMS_PROGRAM_ID.toBase58()}
  test dollar  ${cluster.mint.toBase58()}, 6 decimals, a fee of 1 %
  authority    ${relative(process.cwd(), cluster.authorityFile)}

Lamports for a key: solana airdrop 10 ADDRESS --url http://127.0.0.1:${port}
Stop it with Ctrl-C; the chain stays in ${relative(process.cwd(), folder)}.`);
  throw new Error(`the node ended: ${await cluster.node.ended}`);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

main().catch((error: Error) => {
  const wrong = error instanceof UsageError;
  process.stderr.write(wrong ? `${error.message}\n\n${USAGE}\n` : `${error.stack ?? error}\n`);
  process.exit(wrong ? 2 : 1);
});
