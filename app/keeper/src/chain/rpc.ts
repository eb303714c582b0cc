import {
  Connection,
  type Finality,
  type PublicKey,
  SendTransactionError,
  SYSVAR_CLOCK_PUBKEY,
} from "@solana/web3.js";
import { KeeperError, ProgramFailure, RpcError } from "../errors";
import { retry } from "../retry";
import type { AccountRecord, Chain, RecentBlockhash, Waiting } from "./chain";
import { failureToError, readPreflightMessage, readTransactionError } from "./failure";
import { rpcFetch } from "./rpc-fetch";

/** Most addresses and signatures that nodes take in one request. */
const ADDRESSES_PER_REQUEST = 100;
const SIGNATURES_PER_REQUEST = 256;
/** A blockhash is good for about a minute; this leaves most of it to the transactions that share it. */
const BLOCKHASH_AGE_MS = 5_000;
/** Offsets in the Clock sysvar. */
const CLOCK_UNIX_TIMESTAMP = 32;

const LEVELS = ["processed", "confirmed", "finalized"] as const;

export interface RpcOptions {
  url: string;
  commitment: (typeof LEVELS)[number];
  /** Longest wait for one request. */
  timeoutMs: number;
  /** Repeats of a failed read, with growing waits. `send` is repeated by the sender instead. */
  retries: number;
  /** Let the node simulate before it forwards. */
  preflight: boolean;
  /** Ends every wait. */
  signal?: AbortSignal;
}

/** The chain interface over a JSON-RPC node. */
export function rpcChain(options: RpcOptions): Chain {
  const { commitment } = options;
  const connection = new Connection(options.url, {
    commitment,
    disableRetryOnRateLimit: true,
    fetch: rpcFetch({
      timeoutMs: options.timeoutMs,
      ...(options.signal && { signal: options.signal }),
    }),
  });

  let blockhash: (RecentBlockhash & { readAtMs: number }) | undefined;

  const read = <T>(waiting: Waiting | undefined, request: () => Promise<T>): Promise<T> =>
    retry({
      attempts: options.retries + 1,
      firstWaitMs: 250,
      signal: waiting?.signal ?? options.signal,
      again: (error) => error instanceof RpcError,
      run: () => request().catch(rethrowAsRpc),
    });

  const multiple = async (addresses: readonly PublicKey[], level: Finality | "processed") => {
    const found = await connection.getMultipleAccountsInfo([...addresses], level);
    return addresses.map((address, index): AccountRecord | null => {
      const account = found[index];
      if (!account) return null;
      const { owner, lamports, data } = account;
      return { address, owner, lamports: BigInt(lamports), data };
    });
  };

  return {
    now: (waiting) =>
      read(waiting, async () => {
        const clock = await connection.getAccountInfo(SYSVAR_CLOCK_PUBKEY);
        if (clock === null || clock.data.length < CLOCK_UNIX_TIMESTAMP + 8) {
          throw new RpcError("the node has no Clock sysvar");
        }
        return {
          slot: clock.data.readBigUInt64LE(0),
          unixSeconds: clock.data.readBigInt64LE(CLOCK_UNIX_TIMESTAMP),
        };
      }),
    async accounts({ addresses, level = "working", signal }) {
      const parts = chunks(addresses, ADDRESSES_PER_REQUEST).map((part) =>
        read({ signal }, () => multiple(part, level === "finalized" ? "finalized" : commitment)),
      );
      return (await Promise.all(parts)).flat();
    },
    programAccounts: ({ program, prefix, bytes, signal }) =>
      read({ signal }, async () => {
        const found = await connection.getProgramAccounts(program, {
          dataSlice: { offset: 0, length: bytes },
          filters: [
            {
              memcmp: {
                offset: 0,
                bytes: Buffer.from(prefix).toString("base64"),
                encoding: "base64",
              },
            },
          ],
        });
        return found.map(({ pubkey, account: { owner, lamports, data } }) => ({
          address: pubkey,
          owner,
          lamports: BigInt(lamports),
          data,
        }));
      }),
    balance: ({ address, signal }) =>
      read({ signal }, async () => BigInt(await connection.getBalance(address))),
    async latestBlockhash(waiting) {
      const usable =
        blockhash !== undefined &&
        blockhash.blockhash !== waiting?.unlike &&
        Date.now() - blockhash.readAtMs <= BLOCKHASH_AGE_MS;
      if (blockhash === undefined || !usable) {
        const readAtMs = Date.now();
        const latest = await read(waiting, () => connection.getLatestBlockhash());
        const lastValidBlockHeight = BigInt(latest.lastValidBlockHeight);
        blockhash = { blockhash: latest.blockhash, lastValidBlockHeight, readAtMs };
      }
      return blockhash;
    },
    finalizedBlockHeight: (waiting) =>
      read(waiting, async () => BigInt(await connection.getBlockHeight("finalized"))),
    async send({ wire }) {
      try {
        await connection.sendRawTransaction(wire, {
          skipPreflight: !options.preflight,
          preflightCommitment: commitment,
          maxRetries: 0,
        });
      } catch (thrown) {
        throw sendError(thrown);
      }
    },
    async statuses({ signatures, signal }) {
      const parts = chunks(signatures, SIGNATURES_PER_REQUEST).map((part) =>
        read({ signal }, async () => (await connection.getSignatureStatuses(part)).value),
      );
      return (await Promise.all(parts)).flat().map((status) =>
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
    landed: ({ signature, signal }) =>
      read({ signal }, async () => {
        const level = commitment === "processed" ? "confirmed" : commitment;
        const found = await connection.getTransaction(signature, {
          commitment: level,
          maxSupportedTransactionVersion: 1,
        });
        const { computeUnitsConsumed: units, costUnits, logMessages } = found?.meta ?? {};
        return {
          computeUnits: units === undefined ? undefined : BigInt(units),
          costUnits: costUnits === undefined ? undefined : BigInt(costUnits),
          logs: logMessages ?? [],
        };
      }),
  };
}

function sendError(thrown: unknown): KeeperError {
  if (thrown instanceof KeeperError) return thrown;
  if (!(thrown instanceof SendTransactionError)) return new RpcError(messageOf(thrown), thrown);
  const { message, logs } = thrown.transactionError;
  const failure = readPreflightMessage(message);
  if (failure !== undefined) return failureToError({ failure, ...(logs && { logs }) });
  // Logs come only from a simulation that ran: the refusal is the transaction's own.
  return logs === undefined
    ? new RpcError(message, thrown)
    : new ProgramFailure({ code: "PreflightFailure", message, logs });
}

function rethrowAsRpc(thrown: unknown): never {
  if (thrown instanceof KeeperError) throw thrown;
  throw new RpcError(messageOf(thrown), thrown);
}

const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}
