import {
  abortSignal,
  bytes,
  checkArguments,
  func,
  methods,
  oneOf,
  optional,
  u32,
  u53,
} from "../arguments";
import { SendError } from "../failure";
import { createExplainer, type Explainer } from "../program/errors";
import { rest, untilSettled } from "./until-settled";
import { transactionSignature } from "./wire";

/** What sending needs of a `Connection` of web3.js. Plain requests: no WebSocket is opened. */
export interface SendingConnection {
  sendRawTransaction(
    wire: Uint8Array,
    options: { skipPreflight: boolean; preflightCommitment: "confirmed"; maxRetries: number },
  ): Promise<string>;
  getSignatureStatuses(signatures: string[]): Promise<{
    value: ({ slot: number; err: unknown; confirmationStatus?: string } | null)[];
  }>;
  getBlockHeight(commitment: "finalized"): Promise<number>;
}

/** A transaction that landed and did what it was for. */
export interface Landing {
  /** Base58. */
  signature: string;
  slot: number;
}

/** A status of the node, as far as it decides. */
interface Status {
  slot: number;
  /** What RPC gives as `err`; null of a success. */
  error: unknown;
  /** Whether it has reached the commitment asked for. */
  settled: boolean;
}

/** Taken for one that may still land: it is asked for again. */
const UNKNOWN: Status = { slot: 0, error: null, settled: false };

const LEVELS = ["processed", "confirmed", "finalized"] as const;
type Level = (typeof LEVELS)[number];

const POLL_MS = 250;
const RESEND_MS = 2_000;
const SILENCE_MS = 120_000;
/** Longest wait for one answer: the requests of web3.js have no limit of their own. */
const ANSWER_MS = 10_000;
/** Refusals without logs that no resend helps. */
const NO_FUNDS = /no record of a prior credit|insufficient (?:funds|lamports)/i;

const shape = {
  connection: methods("sendRawTransaction", "getSignatureStatuses", "getBlockHeight"),
  wire: bytes(),
  lastValidBlockHeight: u53,
  commitment: optional(oneOf("confirmed", "finalized")),
  pollMs: optional(u32),
  resendMs: optional(u32),
  silenceMs: optional(u32),
  explain: optional(func),
  signal: optional(abortSignal),
};

/** Knows the programs that are on every cluster. */
const explainCommon = createExplainer([]);

/**
 * Sends a signed transaction and says what became of it. The node is asked for its status, again
 * and again, until the finalized chain is past the last block that may hold it; so the answer is
 * right also where notifications are lost or there are none.
 *
 * Resolves when it has landed and succeeded. Throws {@link SendError}: `TRANSACTION_FAILED` (refused,
 * or landed and failed), `TRANSACTION_EXPIRED` (it has not landed and no longer can: sign it anew) or
 * `OUTCOME_UNKNOWN` (the node has given no answer for `silenceMs`); the reason of `signal` where that
 * ends the waiting; InvalidArgument; DecodeError when `wire` has no signature.
 */
export async function sendAndConfirm(args: {
  connection: SendingConnection;
  /** With all signatures, as `signTransaction` gives it. */
  wire: Uint8Array;
  /** As the node gave it with the blockhash. */
  lastValidBlockHeight: number;
  /** Default: confirmed. */
  commitment?: "confirmed" | "finalized";
  /** Between two questions for the status; milliseconds. Default: 250. */
  pollMs?: number;
  /** Between two hand-overs; milliseconds. Default: 2,000. */
  resendMs?: number;
  /** Longest time without an answer of the node; milliseconds. Default: 120,000. */
  silenceMs?: number;
  /** Puts a failure into words: the `explainError` of the program whose instructions are sent. */
  explain?: Explainer;
  signal?: AbortSignal;
}): Promise<Landing> {
  const checked = checkArguments("sendAndConfirm", shape, args);
  const { wire, lastValidBlockHeight, commitment = "confirmed", signal } = checked;
  const { pollMs = POLL_MS, resendMs = RESEND_MS, silenceMs = SILENCE_MS } = checked;
  const connection = checked.connection as SendingConnection;
  const explain = (checked.explain ?? explainCommon) as Explainer;
  const signature = transactionSignature(wire);
  /** When the node last told each of the two; without both, nothing can be said. */
  const heardAtMs = { status: Date.now(), height: Date.now() };
  let lastProblem = "";

  const ask = async <T>(request: Promise<T>): Promise<T> => {
    const over = new AbortController();
    const late = rest(ANSWER_MS, over.signal).then((): never => {
      throw new Error(`no answer within ${ANSWER_MS} ms`);
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([request, late]);
    } catch (error) {
      lastProblem = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      over.abort();
    }
  };
  /** The status now; `UNKNOWN` where the node does not say. */
  const look = async (): Promise<Status | undefined> => {
    try {
      const { value } = await ask(connection.getSignatureStatuses([signature]));
      const [status] = value;
      heardAtMs.status = Date.now();
      if (!status) return undefined;
      const level = LEVELS.indexOf((status.confirmationStatus ?? "processed") as Level);
      const settled = level >= LEVELS.indexOf(commitment);
      return { slot: status.slot, error: status.err, settled };
    } catch {
      return UNKNOWN;
    }
  };
  const failed = (error: unknown, more: { slot?: number; logs?: readonly string[] }): SendError => {
    const why = explain({ err: error, logs: more.logs });
    const reason =
      why?.sentence ?? (error instanceof Error ? error.message : JSON.stringify(error));
    const message = `transaction ${signature} has failed: ${reason}`;
    return new SendError("TRANSACTION_FAILED", { message, signature, error, ...more });
  };

  const status = await untilSettled<Status>({
    resendMs,
    signal,
    look,
    async settled(over) {
      for (;;) {
        await rest(pollMs, over);
        if (over.aborted) return undefined;
        const found = await look();
        if (found?.settled) return found;
      }
    },
    async isPast() {
      let height = 0;
      try {
        height = u53(await ask(connection.getBlockHeight("finalized")), "block height");
        heardAtMs.height = Date.now();
      } catch {
        // Asked again after the next hand-over.
      }
      if (Date.now() - Math.min(heardAtMs.status, heardAtMs.height) <= silenceMs) {
        return height > lastValidBlockHeight;
      }
      const message = `the node has not answered for ${silenceMs} ms (${lastProblem}): look up transaction ${signature} before it is sent anew`;
      throw new SendError("OUTCOME_UNKNOWN", { message, signature });
    },
    async handOver(first) {
      const options = {
        skipPreflight: !first,
        preflightCommitment: "confirmed",
        maxRetries: 0,
      } as const;
      try {
        await ask(connection.sendRawTransaction(wire, options));
      } catch (error) {
        // Without the logs of a run it is the node's trouble, and its status decides.
        const { logs } = error as { logs?: unknown };
        const ran = Array.isArray(logs) && logs.length > 0;
        if (!first || !(ran || NO_FUNDS.test(lastProblem))) return;
        throw failed(error, ran ? { logs: logs.map(String) } : {});
      }
    },
  });
  if (status === undefined) {
    const problem = lastProblem && ` (the node's last trouble: ${lastProblem})`;
    const message = `transaction ${signature} has expired: it has not landed and no longer can${problem}: sign it anew`;
    throw new SendError("TRANSACTION_EXPIRED", { message, signature });
  }
  if (status.error !== null) throw failed(status.error, { slot: status.slot });
  return { signature, slot: status.slot };
}
