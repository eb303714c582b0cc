import { STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import bs58 from "bs58";
import type { Logger } from "pino";
import type { Chain, SignatureStatus } from "../../../engine/chain/chain";
import { failureToError } from "../../../engine/chain/failure";
import { asKeeperError, type KeeperError, ProgramFailure, RpcError } from "../../../engine/errors";
import type { Explain } from "../../../engine/explain";
import { createSlots } from "../../../engine/limited";
import { createConfirmer } from "../../../engine/tx/confirm";
import type { TransactionResult } from "./protocol";

/** What became of one transaction. */
export interface Sent {
  result: TransactionResult;
  status?: SignatureStatus;
  error?: KeeperError;
}

/** Brings signed transactions to the chain and waits until each has landed, failed or run out. */
export function createTransport(args: {
  chain: Chain;
  explain: Explain;
  format: "v0" | "v1";
  /** Transactions handed over at once. */
  inFlight: number;
  resendMs: number;
  pollMs: number;
  log: Logger;
}) {
  const { chain } = args;
  const confirmer = createConfirmer({ ...args, chain: limited(chain, args.inFlight) });
  const signatureOf = (wire: Uint8Array): string =>
    bs58.encode(args.format === "v1" ? wire.subarray(wire.length - 64) : wire.subarray(1, 65));

  const named = (error: KeeperError): KeeperError =>
    error instanceof ProgramFailure ? args.explain(error, STREAMS_PROGRAM_ID) : error;

  const ended = (status: SignatureStatus, signature: () => string): Sent => {
    if (status.failure === null) return { result: "landed", status };
    const error = named(failureToError({ failure: status.failure, signature: signature() }));
    // Never run, and for reasons that pass: an old blockhash above all.
    return { result: error instanceof RpcError ? "gone" : "failed", status, error };
  };

  /** A cluster at the other end of a wire: each is handed over and watched as any transaction is. */
  const confirmEach = async (
    wires: readonly Uint8Array[],
    lastValidBlockHeight: bigint,
    signal: AbortSignal,
  ): Promise<Sent[]> => {
    const confirmOne = async (wire: Uint8Array): Promise<Sent> => {
      const signature = signatureOf(wire);
      try {
        const status = await confirmer.confirm({ wire, signature, lastValidBlockHeight }, signal);
        return status === undefined ? { result: "gone" } : ended(status, () => signature);
      } catch (error) {
        signal.throwIfAborted();
        return { result: "failed", error: named(asKeeperError(error)) };
      }
    };
    return Promise.all(wires.map(confirmOne));
  };

  return async (
    wires: readonly Uint8Array[],
    lastValidBlockHeight: bigint,
    signal: AbortSignal,
  ): Promise<Sent[]> => {
    if (chain.deliver === undefined) return confirmEach(wires, lastValidBlockHeight, signal);
    const statuses = await chain.deliver({ wires, signal });
    return statuses.map((status, index) =>
      ended(status, () => signatureOf(wires[index] as Uint8Array)),
    );
  };
}

/** Hands over no more than so many transactions at a time. */
function limited(chain: Chain, limit: number): Chain {
  const slots = createSlots(limit);
  return {
    ...chain,
    async send(args) {
      const free = await slots.take();
      try {
        await chain.send(args);
      } finally {
        free();
      }
    },
  };
}
