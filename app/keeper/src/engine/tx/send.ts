import { type Budget, readWire, type TransactionFormat, transactionCost } from "@pinfi/sdk";
import type { Logger } from "pino";
import type { Chain, LandedDetails, RecentBlockhash } from "../chain/chain";
import { failureToError } from "../chain/failure";
import { ExpiredError, KeeperError, ProgramFailure, RpcError } from "../errors";
import type { Explain } from "../explain";
import { createConfirmer } from "./confirm";
import type { Signing, SigningPolicy } from "./policy";
import type { PayerSigner } from "./signer";
import type { Share, SpendCap } from "./spend";

/** A transaction that landed and did what it was for. */
export interface Landed {
  signature: string;
  slot: bigint;
  bytes: number;
  feeLamports: bigint;
  details: LandedDetails;
}

/** What is to be sent. */
export interface Outgoing extends Signing {
  /** What it may be made of. */
  policy: SigningPolicy;
  budget: Budget;
  feeLamports: bigint;
  /** For whom, all that it costs together: the fee and the rent. */
  shares: readonly Share[];
  /** Work with a deadline, which may use what the limits keep for it. */
  pressing: boolean;
}

export interface Sender {
  /**
   * Signs, sends until it lands, and tells what it cost.
   *
   * Rejects with ProgramFailure (refused in preflight, or landed and failed), ExpiredError
   * (after all allowed signatures), FundsError, RpcError (no blockhash to be had), StoreError,
   * or KeeperError: `HourlyFeeCap`, or what the policy refuses. `signal` ends the waiting, never the transaction.
   */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<Landed>;
}

interface Signed {
  wire: Uint8Array;
  /** Base58. */
  signature: string;
  latest: RecentBlockhash;
}

export interface SenderOptions {
  chain: Chain;
  signer: PayerSigner;
  spend: SpendCap;
  format: TransactionFormat;
  explain: Explain;
  resendMs: number;
  pollMs: number;
  resigns: number;
  log: Logger;
}

export function createSender(options: SenderOptions): Sender {
  const { chain, signer, spend, log } = options;
  const confirmer = createConfirmer(options);

  const sign = (outgoing: Outgoing, latest: RecentBlockhash): Signed => {
    const { format } = options;
    return { ...signer.sign({ ...outgoing, format, blockhash: latest.blockhash }), latest };
  };

  /**
   * The same work under the same blockhash is the same transaction: one that has landed would be
   * taken for the new one. It is signed under a later blockhash then.
   */
  const signAfresh = async (
    outgoing: Outgoing,
    unlike: string | undefined,
    signal: AbortSignal,
  ): Promise<Signed> => {
    const signed = sign(outgoing, await chain.latestBlockhash({ signal, unlike }));
    if (!spend.isBooked(signed.signature)) return signed;
    const { blockhash } = signed.latest;
    const later = sign(outgoing, await chain.latestBlockhash({ signal, unlike: blockhash }));
    if (!spend.isBooked(later.signature)) return later;
    throw new RpcError("the cluster has no blockhash yet under which this was not sent before");
  };

  /** One signature's life, from the booking of its fee to the end of its blockhash. */
  const attempt = async (
    outgoing: Outgoing,
    { wire, signature, latest }: Signed,
    signal: AbortSignal,
  ): Promise<Landed> => {
    const { shares, pressing } = outgoing;
    if (!(await spend.reserve({ signature, shares, pressing }))) {
      throw new KeeperError({
        failure: "funds",
        code: "HourlyFeeCap",
        message: "a limit of the hour's fees is reached: of all, or of what this is for (limits)",
      });
    }
    const { lastValidBlockHeight } = latest;
    const status = await confirmer
      .confirm({ wire, signature, lastValidBlockHeight }, signal)
      .catch(async (error) => {
        // Refused before it could land.
        if (!signal.aborted) await spend.release(signature);
        throw error;
      });
    if (status === undefined) {
      await spend.release(signature);
      throw new ExpiredError(signature);
    }
    const details = await detailsOf(signature, signal);
    if (status.failure !== null) {
      const { failure } = status;
      throw failureToError({ failure, logs: details.logs, signature });
    }
    return {
      signature,
      slot: status.slot,
      bytes: wire.length,
      feeLamports: outgoing.feeLamports,
      details: { ...details, costUnits: details.costUnits ?? costUnitsOf(wire, details) },
    };
  };

  /** The effect is certain already; figures that cannot be had are left out. */
  const detailsOf = async (signature: string, signal: AbortSignal): Promise<LandedDetails> => {
    try {
      return await chain.landed({ signature, signal });
    } catch (error) {
      log.warn({ signature, error: (error as Error).message }, "figures not read");
      return { computeUnits: undefined, costUnits: undefined, logs: [] };
    }
  };

  return {
    async send(outgoing, signal) {
      let unlike: string | undefined;
      for (let resigns = 0; ; resigns += 1) {
        const signed = await signAfresh(outgoing, unlike, signal);
        unlike = signed.latest.blockhash;
        try {
          return await attempt(outgoing, signed, signal);
        } catch (error) {
          if (error instanceof ProgramFailure) {
            const refused = outgoing.instructions[error.instruction ?? -1];
            throw options.explain(error, refused?.programId);
          }
          if (!(error instanceof ExpiredError) || resigns >= options.resigns) throw error;
          log.warn({ signature: error.signature }, "expired; signing anew");
        }
      }
    },
  };
}

/** Where the cluster does not tell them: by its own rule, from the bytes and the units executed. */
function costUnitsOf(wire: Uint8Array, { computeUnits: units }: LandedDetails): bigint | undefined {
  if (units === undefined) return undefined;
  return BigInt(transactionCost({ wire: readWire(wire), units }).costUnits);
}
