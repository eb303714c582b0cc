import { untilSettled } from "@pinfi/sdk";
import type { Logger } from "pino";
import type { Chain, SignatureStatus } from "../chain/chain";
import { asKeeperError, RpcError } from "../errors";
import { createStatusWatch } from "./status";

/** A signed transaction on its way. */
export interface SignedWire {
  wire: Uint8Array;
  /** Base58. */
  signature: string;
  lastValidBlockHeight: bigint;
}

/** The one way on which signed transactions come to the chain. */
export interface Confirmer {
  /**
   * Hands a transaction over until it is settled, and tells its status; undefined once it has expired.
   * Rejects with what the node said when it refused the first hand-over, and with the signal's reason:
   * then the transaction may still land.
   */
  confirm(signed: SignedWire, signal: AbortSignal): Promise<SignatureStatus | undefined>;
}

/** Stands for a status that could not be read now. */
const UNKNOWN: SignatureStatus = { slot: 0n, failure: null, settled: false };

export function createConfirmer(args: {
  chain: Chain;
  resendMs: number;
  pollMs: number;
  log: Logger;
}): Confirmer {
  const { chain, log } = args;
  const watch = createStatusWatch(args);

  const handOver = async (
    { wire, signature }: SignedWire,
    first: boolean,
    signal: AbortSignal,
  ): Promise<void> => {
    try {
      await chain.send({ wire, signal });
    } catch (thrown) {
      const error = asKeeperError(thrown);
      // Not known to be refused: the node may have taken it before it fell silent.
      if (error instanceof RpcError) {
        log.warn({ signature, error: error.message }, "hand-over failed");
        return;
      }
      // Nor where its own landing may be why: that of these bytes now, or before a restart.
      if (!first || error.code === "AlreadyProcessed") return;
      throw error;
    }
  };

  const isPast = async (lastValidBlockHeight: bigint): Promise<boolean> => {
    try {
      return (await chain.finalizedBlockHeight()) > lastValidBlockHeight;
    } catch (error) {
      log.warn({ error: (error as Error).message }, "block height not read");
      return false;
    }
  };

  const look = async (signature: string): Promise<SignatureStatus | undefined> => {
    try {
      return (await chain.statuses({ signatures: [signature] }))[0];
    } catch (error) {
      log.warn({ signature, error: (error as Error).message }, "status not read");
      return UNKNOWN;
    }
  };

  return {
    confirm: (signed, signal) =>
      untilSettled<SignatureStatus>({
        resendMs: args.resendMs,
        signal,
        settled: (over) => watch.settled({ signature: signed.signature, signal: over }),
        look: () => look(signed.signature),
        isPast: () => isPast(signed.lastValidBlockHeight),
        async handOver(first) {
          await handOver(signed, first, signal);
          watch.poke();
        },
      }),
  };
}
