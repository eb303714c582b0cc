import {
  Connection,
  type Finality,
  type PublicKey,
  SendTransactionError,
  SYSVAR_CLOCK_PUBKEY,
} from "@solana/web3.js";
import { splitCredentials } from "../config/credentials";
import { AnswerTooLongError, KeeperError, ProgramFailure, RpcError } from "../errors";
import type { AccountRecord, LandedDetails, Now, RecentBlockhash, SignatureStatus } from "./chain";
import {
  failureToError,
  isUnreadable,
  readPreflightMessage,
  readTransactionError,
} from "./failure";
import type { PageAnswer } from "./pages";
import { rpcFetch } from "./rpc-fetch";

/** Offset in the Clock sysvar. */
const CLOCK_UNIX_TIMESTAMP = 32;

const LEVELS = ["processed", "confirmed", "finalized"] as const;

export type Commitment = (typeof LEVELS)[number];

/** Requests to one JSON-RPC node, each made once; rejects as `Chain` does. */
export type RpcNode = ReturnType<typeof rpcNode>;

export function rpcNode(options: {
  url: string;
  commitment: Commitment;
  /** Longest wait for one request. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}) {
  const { commitment, timeoutMs, signal } = options;
  // `fetch` refuses an address with a password, and says it in its message.
  const { url, authorization } = splitCredentials(options.url);
  const ask = rpcFetch({ timeoutMs, authorization, signal });
  const connection = new Connection(url, { commitment, disableRetryOnRateLimit: true, fetch: ask });

  return {
    now: async (): Promise<Now> =>
      clockOf(await connection.getAccountInfo(SYSVAR_CLOCK_PUBKEY).catch(rethrowAsRpc)),
    accounts: async (args: {
      addresses: readonly PublicKey[];
      finalized: boolean;
    }): Promise<PageAnswer> => {
      const level: Finality | "processed" = args.finalized ? "finalized" : commitment;
      const found = await connection
        .getMultipleAccountsInfo([...args.addresses], level)
        .catch((error) => (args.addresses.length > 1 ? tooLong(error) : rethrowAsRpc(error)));
      if (found === "too long") return found;
      return args.addresses.map((address, index) => {
        const account = found[index];
        if (!account) return null;
        const { owner, lamports, data } = account;
        return { address, owner, lamports: BigInt(lamports), data };
      });
    },
    programAccounts: async (args: {
      program: PublicKey;
      prefix: Uint8Array;
      bytes: number;
    }): Promise<AccountRecord[] | "too long"> => {
      const { program, prefix, bytes } = args;
      const begins = { offset: 0, bytes: Buffer.from(prefix).toString("base64") };
      const found = await connection
        .getProgramAccounts(program, {
          dataSlice: { offset: 0, length: bytes },
          filters: [{ memcmp: { ...begins, encoding: "base64" } }],
        })
        .catch(tooLong);
      if (found === "too long") return found;
      return found.map(({ pubkey, account: { owner, lamports, data } }) => ({
        address: pubkey,
        owner,
        lamports: BigInt(lamports),
        data,
      }));
    },
    // The forms without context would hide the error in a text of their own.
    balance: async (address: PublicKey): Promise<bigint> =>
      BigInt((await connection.getBalanceAndContext(address).catch(rethrowAsRpc)).value),
    latestBlockhash: async (): Promise<RecentBlockhash> => {
      const { value } = await connection.getLatestBlockhashAndContext().catch(rethrowAsRpc);
      const lastValidBlockHeight = BigInt(value.lastValidBlockHeight);
      return { blockhash: value.blockhash, lastValidBlockHeight };
    },
    finalizedBlockHeight: async (): Promise<bigint> =>
      BigInt(await connection.getBlockHeight("finalized").catch(rethrowAsRpc)),
    recentPrices: async (): Promise<bigint[]> => {
      const fees = await connection.getRecentPrioritizationFees().catch(rethrowAsRpc);
      return fees.map(({ prioritizationFee }) => BigInt(prioritizationFee));
    },
    takes: async (wire: Uint8Array): Promise<boolean> => {
      const options = { encoding: "base64", sigVerify: false, replaceRecentBlockhash: true };
      const params = [Buffer.from(wire).toString("base64"), options];
      // web3.js reads v1 transactions but does not write them.
      const response = await ask(url, {
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "simulateTransaction", params }),
      });
      const { error } = (await response.json().catch(rethrowAsRpc)) as {
        error?: { message: string };
      };
      if (error === undefined) return true;
      if (isUnreadable(error.message)) return false;
      throw new RpcError(error.message);
    },
    send: async (args: { wire: Uint8Array; preflight: boolean }): Promise<void> => {
      try {
        await connection.sendRawTransaction(args.wire, {
          skipPreflight: !args.preflight,
          preflightCommitment: commitment,
          maxRetries: 0,
        });
      } catch (thrown) {
        throw sendError(thrown);
      }
    },
    statuses: async (signatures: string[]): Promise<(SignatureStatus | undefined)[]> => {
      const { value } = await connection.getSignatureStatuses(signatures).catch(rethrowAsRpc);
      return value.map((status) =>
        status === null
          ? undefined
          : {
              slot: BigInt(status.slot),
              failure: status.err === null ? null : readTransactionError(status.err),
              settled:
                LEVELS.indexOf(status.confirmationStatus ?? "processed") >=
                LEVELS.indexOf(commitment),
            },
      );
    },
    landed: async (signature: string): Promise<LandedDetails> => {
      const level = commitment === "processed" ? "confirmed" : commitment;
      const found = await connection
        .getTransaction(signature, { commitment: level, maxSupportedTransactionVersion: 1 })
        .catch(rethrowAsRpc);
      const { computeUnitsConsumed: units, costUnits, logMessages } = found?.meta ?? {};
      return {
        computeUnits: units === undefined ? undefined : BigInt(units),
        costUnits: costUnits === undefined ? undefined : BigInt(costUnits),
        logs: logMessages ?? [],
      };
    },
  };
}

/** The clock as the account of its sysvar says. Throws RpcError. */
export function clockOf(clock: { data: Buffer } | null): Now {
  if (clock === null || clock.data.length < CLOCK_UNIX_TIMESTAMP + 8) {
    throw new RpcError("the node has no Clock sysvar");
  }
  return {
    slot: clock.data.readBigUInt64LE(0),
    unixSeconds: clock.data.readBigInt64LE(CLOCK_UNIX_TIMESTAMP),
  };
}

function sendError(thrown: unknown): KeeperError {
  if (thrown instanceof KeeperError) return thrown;
  if (!(thrown instanceof SendTransactionError)) return new RpcError(messageOf(thrown), thrown);
  const { message, logs } = thrown.transactionError;
  if (isUnreadable(message)) {
    return new KeeperError({ failure: "config", code: "UnsupportedTransaction", message });
  }
  const failure = readPreflightMessage(message);
  if (failure !== undefined) return failureToError({ failure, ...(logs && { logs }) });
  // Logs come only from a simulation that ran: the refusal is the transaction's own.
  return logs === undefined
    ? new RpcError(message, thrown)
    : new ProgramFailure({ code: "PreflightFailure", message, logs });
}

/** That an answer is too long is no fault of the node's where less can be asked for. */
function tooLong(thrown: unknown): "too long" {
  if (thrown instanceof AnswerTooLongError) return "too long";
  return rethrowAsRpc(thrown);
}

function rethrowAsRpc(thrown: unknown): never {
  if (thrown instanceof KeeperError) throw thrown;
  throw new RpcError(messageOf(thrown), thrown);
}

const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
