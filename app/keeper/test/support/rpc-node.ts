import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { AccountFilter, Failure, Localnet, Receipt } from "@pinfi/localnet";
import { type AccountInfo, PublicKey } from "@solana/web3.js";
import bs58 from "bs58";

/** First byte of a v1 transaction, and what its answer says of an empty budget. */
const V1_PREFIX = 0x81;
const NOTHING_SET = {
  computeUnitLimit: null,
  heapSize: null,
  loadedAccountsDataSizeLimit: null,
  priorityFee: null,
};
/** Version of each transaction sent, by signature. */
const versions = new Map<string, number>();

const BODY_LIMIT = 8 * 1024 * 1024;

/** Answers instead of the node; undefined lets the node answer. */
export type Interference = (
  method: string,
  response: ServerResponse,
  params: readonly unknown[],
) => boolean | Promise<boolean>;

export interface RpcNode {
  url: string;
  /** Methods asked for, in order. */
  calls: string[];
  /** Set to spoil answers; returns true when it has answered (or never will). */
  interfere: Interference | undefined;
  /** Changes the result of what was performed. */
  alter: ((method: string, params: readonly unknown[], result: unknown) => void) | undefined;
  /** Waited for between what a request did and its answer, which it may spoil. */
  performed: ((method: string, response: ServerResponse) => Promise<void>) | undefined;
  close(): Promise<void>;
}

interface Request {
  id: unknown;
  method: string;
  params?: unknown[];
}

type Options = Record<string, unknown> & {
  dataSlice?: { offset: number; length: number };
  filters?: Record<string, Record<string, unknown>>[];
  skipPreflight?: boolean;
  maxSupportedTransactionVersion?: number;
};

/** A JSON-RPC node on the loopback interface, with the wire format of a real one, over a localnet. */
export async function startRpcNode(localnet: Localnet): Promise<RpcNode> {
  const node: RpcNode = {
    url: "",
    calls: [],
    interfere: undefined,
    alter: undefined,
    performed: undefined,
    close: async () => {},
  };
  const server = createServer((request, response) => {
    answer({ request, response, node, localnet }).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  node.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  node.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return node;
}

async function answer(args: {
  request: IncomingMessage;
  response: ServerResponse;
  node: RpcNode;
  localnet: Localnet;
}): Promise<void> {
  const { request, response, node, localnet } = args;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > BODY_LIMIT) throw new Error("the request is too long");
    parts.push(part as Buffer);
  }
  const { id, method, params = [] } = JSON.parse(Buffer.concat(parts).toString()) as Request;
  node.calls.push(method);
  if (node.interfere && (await node.interfere(method, response, params))) return;
  const outcome = perform({ localnet, method, params });
  if ("result" in outcome) node.alter?.(method, params, outcome.result);
  await node.performed?.(method, response);
  if (response.destroyed) return;
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ jsonrpc: "2.0", id, ...outcome }));
}

function perform(args: {
  localnet: Localnet;
  method: string;
  params: unknown[];
}): { result: unknown } | { error: unknown } {
  const { localnet, params } = args;
  const [first, second] = params;
  const options = (second ?? {}) as Options;
  const slot = Number(localnet.clock().slot);
  const withContext = (value: unknown) => ({ result: { context: { slot }, value } });
  switch (args.method) {
    case "getAccountInfo":
      return withContext(encodeAccount(localnet.account(new PublicKey(String(first))), options));
    case "getMultipleAccounts": {
      const addresses = first as string[];
      if (addresses.length > 100) return failure(-32602, "Too many inputs provided; max 100");
      return withContext(
        addresses.map((address) =>
          encodeAccount(localnet.account(new PublicKey(address)), options),
        ),
      );
    }
    case "getProgramAccounts": {
      const filters = (options.filters ?? []).map(readFilter);
      const found = localnet.programAccounts(new PublicKey(String(first)), filters);
      return {
        result: found.map(({ address, account }) => ({
          pubkey: address.toBase58(),
          account: encodeAccount(account, options),
        })),
      };
    }
    case "getMinimumBalanceForRentExemption":
      return { result: Number(localnet.minimumBalance(Number(first))) };
    case "getBalance":
      return withContext(Number(localnet.balance(new PublicKey(String(first)))));
    case "getLatestBlockhash": {
      const { blockhash, lastValidSlot } = localnet.latestBlockhash();
      return withContext({ blockhash, lastValidBlockHeight: Number(lastValidSlot) });
    }
    case "getRecentPrioritizationFees":
      return { result: [{ slot, prioritizationFee: 0 }] };
    case "getGenesisHash":
      return { result: "none that is public" };
    case "getBlockHeight":
      return { result: slot };
    case "sendTransaction":
      return sendTransaction(localnet, Buffer.from(String(first), "base64"), options);
    case "getSignatureStatuses": {
      const signatures = first as string[];
      if (signatures.length > 256) return failure(-32602, "Too many inputs provided; max 256");
      return withContext(signatures.map((signature) => statusOf(localnet, slot, signature)));
    }
    case "simulateTransaction": {
      const {
        failure: failed,
        logs,
        units,
      } = localnet.simulate(Buffer.from(String(first), "base64"));
      const err = failed && errorOf(failed);
      return withContext({ err, logs, accounts: null, unitsConsumed: Number(units) });
    }
    case "getTransaction": {
      const version = versions.get(String(first)) ?? 0;
      if (version > Number(options.maxSupportedTransactionVersion ?? -1)) {
        return failure(-32015, `Transaction version (${version}) is not supported`);
      }
      return { result: transactionOf(localnet.receipt(String(first)), slot, version) };
    }
    default:
      return failure(-32601, "Method not found");
  }
}

const failure = (code: number, message: string, data?: unknown) => ({
  error: { code, message, ...(data !== undefined && { data }) },
});

function encodeAccount(account: AccountInfo<Buffer> | null, options: Options): unknown {
  if (account === null) return null;
  const { offset, length } = options.dataSlice ?? { offset: 0, length: account.data.length };
  return {
    data: [account.data.subarray(offset, offset + length).toString("base64"), "base64"],
    executable: account.executable,
    lamports: account.lamports,
    owner: account.owner.toBase58(),
    rentEpoch: 0,
    space: account.data.length,
  };
}

function readFilter(filter: Record<string, Record<string, unknown>>): AccountFilter {
  const { memcmp } = filter;
  if (memcmp === undefined) return { dataSize: Number(filter.dataSize) };
  const { bytes, encoding, offset } = memcmp;
  const text = String(bytes);
  return {
    memcmp: {
      offset: Number(offset),
      bytes: encoding === "base64" ? bs58.encode(Buffer.from(text, "base64")) : text,
    },
  };
}

function sendTransaction(localnet: Localnet, wire: Buffer, options: Options) {
  if (!options.skipPreflight) {
    const simulated = localnet.simulate(wire);
    if (simulated.failure !== null && simulated.failure.kind === "instruction") {
      const { index, code, name } = simulated.failure;
      const reason = code === undefined ? name : `custom program error: 0x${code.toString(16)}`;
      const message = `Transaction simulation failed: Error processing Instruction ${index}: ${reason}`;
      return failure(-32002, message, {
        err: errorOf(simulated.failure),
        logs: simulated.logs,
        unitsConsumed: Number(simulated.units),
      });
    }
    if (simulated.failure?.name === "BlockhashNotFound") {
      return failure(-32002, "Transaction simulation failed: Blockhash not found", {
        err: "BlockhashNotFound",
        logs: [],
      });
    }
  }
  const receipt = localnet.send(wire);
  versions.set(receipt.signature, wire[0] === V1_PREFIX ? 1 : 0);
  return { result: receipt.signature };
}

function errorOf(failed: Failure): unknown {
  if (failed.kind === "transaction") return failed.name;
  const { index, name, code } = failed;
  return { InstructionError: [index, code === undefined ? name : { Custom: code }] };
}

function statusOf(localnet: Localnet, slot: number, signature: string): unknown {
  const receipt = localnet.receipt(signature);
  if (receipt === null) return null;
  const err = receipt.failure && errorOf(receipt.failure);
  return { slot, confirmations: 1, err, confirmationStatus: "confirmed", status: { Ok: null } };
}

function transactionOf(receipt: Receipt | null, slot: number, version: number): unknown {
  if (receipt === null) return null;
  return {
    slot,
    blockTime: null,
    version,
    transaction: {
      signatures: [receipt.signature],
      message: {
        accountKeys: [],
        header: {
          numRequiredSignatures: 1,
          numReadonlySignedAccounts: 0,
          numReadonlyUnsignedAccounts: 0,
        },
        instructions: [],
        recentBlockhash: "11111111111111111111111111111111",
        ...(version === 1 && { transactionConfig: NOTHING_SET }),
      },
    },
    meta: {
      err: receipt.failure && errorOf(receipt.failure),
      fee: 5_000,
      preBalances: [],
      postBalances: [],
      innerInstructions: [],
      logMessages: receipt.logs,
      computeUnitsConsumed: Number(receipt.units),
      costUnits: Number(receipt.units) + 1_020,
    },
  };
}
