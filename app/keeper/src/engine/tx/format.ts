import { once } from "node:events";
import type { TransactionFormat } from "@pinfi/sdk";
import { PublicKey } from "@solana/web3.js";
import type { Logger } from "pino";
import type { Chain } from "../chain/chain";
import { ConfigError, RpcError } from "../errors";
import type { PayerSigner } from "./signer";

/** An empty transaction needs hardly anything. */
const BUDGET = { computeUnitLimit: 1_000, loadedAccountsDataSizeLimit: 65_536 };

/**
 * Asks the cluster to simulate an empty v1 transaction: a node of before v1 cannot read it. One that
 * does not answer now says nothing; hand-overs tell then.
 *
 * Throws ConfigError where the configured format is not taken.
 */
export async function assertTaken(args: {
  chain: Chain;
  signer: PayerSigner;
  format: TransactionFormat;
  log: Logger;
  /** Ends the wait: rejects with its reason. */
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const { chain, signer, format, log, signal } = args;
  if (format === "v0" || chain.takes === undefined) return;
  const { wire } = signer.sign({
    format,
    blockhash: PublicKey.default.toBase58(),
    instructions: [],
    policy: [],
    budget: BUDGET,
  });
  let taken: boolean;
  try {
    taken = await orAborted(chain.takes({ wire }), signal);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return log.warn({ error: error.message }, "not known whether v1 transactions are taken");
  }
  if (taken) return;
  throw new ConfigError(
    "transactions.version: the node of cluster.url does not read v1 transactions; set it to v0, or name a node that does (Agave 4.2 or later)",
  );
}

/** A node may be silent for a while: who stops the keeper does not wait for it. */
async function orAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return answer;
  const done = new AbortController();
  const aborted = once(signal, "abort", { signal: done.signal }).then(() =>
    signal.throwIfAborted(),
  );
  try {
    return (await Promise.race([answer, aborted])) as T;
  } finally {
    done.abort();
    aborted.catch(() => undefined);
    answer.catch(() => undefined);
  }
}
