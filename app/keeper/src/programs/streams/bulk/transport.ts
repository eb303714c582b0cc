import { STREAMS_PROGRAM_ID } from "@pinfi/sdk";
import bs58 from "bs58";
import type { Chain, SignatureStatus } from "../../../engine/chain/chain";
import { failureToError } from "../../../engine/chain/failure";
import { asKeeperError, type KeeperError, ProgramFailure, RpcError } from "../../../engine/errors";
import type { Explain } from "../../../engine/explain";
import { eachLimited } from "../../../engine/limited";
import { pause } from "../../../engine/retry";
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
  inFlight: number;
  resendMs: number;
  pollMs: number;
}) {
  const { chain, pollMs, resendMs } = args;
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

  /** A cluster at the other end of a wire: hand over, ask, hand over again. */
  const handOverAndAsk = async (
    wires: readonly Uint8Array[],
    lastValidBlockHeight: bigint,
    signal: AbortSignal,
  ): Promise<Sent[]> => {
    const signatures = wires.map(signatureOf);
    const sent: (Sent | undefined)[] = wires.map(() => undefined);
    const open = () => [...sent.keys()].filter((index) => sent[index] === undefined);
    const handed = new Set<number>();
    const handOver = async (index: number): Promise<void> => {
      const first = !handed.has(index);
      handed.add(index);
      try {
        await chain.send({ wire: wires[index] as Uint8Array, signal });
      } catch (thrown) {
        const error = asKeeperError(thrown);
        // Not known to be refused: the node may have taken it before it fell silent.
        if (error instanceof RpcError) return;
        // Nor here, where its own landing may be why: that of these bytes now, or before a restart.
        if (!first || error.code === "AlreadyProcessed") return;
        sent[index] ??= { result: "failed", error: named(error) };
      }
    };
    let sentAtMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      if (performance.now() - sentAtMs >= resendMs) {
        sentAtMs = performance.now();
        await eachLimited({ items: open(), limit: args.inFlight, work: handOver });
      }
      const height = await chain.finalizedBlockHeight({ signal }).catch(() => 0n);
      const asked = open();
      const statuses = await chain
        .statuses({ signatures: asked.map((index) => signatures[index] as string), signal })
        .catch(() => undefined);
      for (const [nth, index] of asked.entries()) {
        const status = statuses?.[nth];
        if (status?.settled) sent[index] = ended(status, () => signatures[index] as string);
        // The height was read first: what was not seen after it can no longer land.
        else if (statuses && !status && height > lastValidBlockHeight)
          sent[index] = { result: "gone" };
      }
      if (open().length === 0) return sent as Sent[];
      await pause(pollMs, signal);
    }
  };

  return async (
    wires: readonly Uint8Array[],
    lastValidBlockHeight: bigint,
    signal: AbortSignal,
  ): Promise<Sent[]> => {
    if (chain.deliver === undefined) return handOverAndAsk(wires, lastValidBlockHeight, signal);
    const statuses = await chain.deliver({ wires, signal });
    return statuses.map((status, index) =>
      ended(status, () => signatureOf(wires[index] as Uint8Array)),
    );
  };
}
