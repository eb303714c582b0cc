import { type PublicKey, SYSVAR_CLOCK_PUBKEY } from "@solana/web3.js";
import { MethodUnavailableError, RpcError } from "../errors";
import { eachLimited } from "../limited";
import { retry } from "../retry";
import type {
  AccountRecord,
  Chain,
  Now,
  Reading,
  RecentBlockhash,
  Testimony,
  Waiting,
} from "./chain";
import { createPages } from "./pages";
import { type Commitment, clockOf, type RpcNode, rpcNode } from "./rpc-node";
import { createPool, type Seat } from "./rpc-pool";

/** Most signatures that nodes take in one request. */
const SIGNATURES_PER_REQUEST = 256;
/** Parts of a list of accounts that are asked for at the same time, and how short they become. */
const LISTS_AT_ONCE = 4;
const LONGEST_PREFIX = 12;
/** A blockhash is good for about a minute; this leaves most of it to the transactions that share it. */
const BLOCKHASH_AGE_MS = 5_000;
/** Between two rounds over the nodes. */
const FIRST_WAIT_MS = 250;

export interface RpcOptions {
  url: string;
  /** Asked in this order when the ones before fail or fall behind. */
  fallbackUrls: readonly string[];
  commitment: Commitment;
  /** Longest wait for one request. */
  timeoutMs: number;
  /** Repeats of a failed read, with growing waits. `send` is repeated by the sender instead. */
  retries: number;
  /** A node so many slots behind the best that was seen is not believed. */
  maxLagSlots: number;
  /** Let the node simulate before it forwards. */
  preflight: boolean;
  /** Ends every wait. */
  signal?: AbortSignal;
}

/**
 * The chain interface over JSON-RPC nodes. Reads go to the first node that works and is up to date;
 * each reading of the clock compares all nodes, and so finds those that lag and those that are back.
 * A transaction that one node has taken is given to all that work.
 */
export function rpcChain(options: RpcOptions): Chain {
  const urls = [options.url, ...options.fallbackUrls];
  const pool = createPool({
    nodes: urls.map((url) => ({ url, node: rpcNode({ ...options, url }) })),
    maxLagSlots: options.maxLagSlots,
  });
  const pages = createPages();
  let blockhash: { latest: Promise<RecentBlockhash>; readAtMs: number } | undefined;

  const use = async <T>(seat: Seat<RpcNode>, ask: (node: RpcNode) => Promise<T>): Promise<T> => {
    try {
      const answer = await ask(seat.node);
      pool.answered(seat);
      return answer;
    } catch (error) {
      // A node without a method does everything else as well as before.
      if (error instanceof MethodUnavailableError) pool.answered(seat);
      else if (error instanceof RpcError) pool.failed(seat, error);
      throw error;
    }
  };
  /** One round: the first answer. */
  const askInOrder = async <T>(ask: (node: RpcNode) => Promise<T>): Promise<T> => {
    let last: RpcError | undefined;
    for (const seat of pool.candidates()) {
      try {
        return await use(seat, ask);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        // Of several, the one that may pass is told.
        if (last === undefined || last instanceof MethodUnavailableError) last = error;
      }
    }
    throw last ?? pool.nobody();
  };
  const persist = <T>(waiting: Waiting | undefined, run: () => Promise<T>): Promise<T> =>
    retry({
      attempts: options.retries + 1,
      firstWaitMs: FIRST_WAIT_MS,
      longestWaitMs: options.timeoutMs,
      signal: waiting?.signal ?? options.signal,
      run,
    });
  const read = <T>(waiting: Waiting | undefined, ask: (node: RpcNode) => Promise<T>): Promise<T> =>
    persist(waiting, () => askInOrder(ask));

  /** What one node says. The clock is read with the first page, so that both are of one time. */
  const readingOf = async (
    seat: Seat<RpcNode>,
    addresses: readonly PublicKey[],
  ): Promise<Reading> => {
    const [clock = null, ...accounts] = await pages.read(
      [SYSVAR_CLOCK_PUBKEY, ...addresses],
      (page) => use(seat, (node) => node.accounts({ addresses: page, finalized: true })),
    );
    if (clock instanceof RpcError) throw clock;
    return { accounts, unixSeconds: clockOf(clock).unixSeconds };
  };

  /** Every node that works is asked; those that do not answer are no hindrance as long as one does. */
  const testify = async (addresses: readonly PublicKey[]): Promise<Testimony> => {
    const asked = await Promise.allSettled(
      pool.candidates().map((seat) => readingOf(seat, addresses)),
    );
    const readings = asked.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const failed = asked.find((each) => each.status === "rejected");
    if (readings.length === 0) throw failed?.reason ?? pool.nobody();
    const isCertain = urls.length > 1;
    return { readings, needed: isCertain ? 2 : 1, isCertain };
  };

  /** What is too long for one answer is asked for by the next byte of the accounts' data. */
  const list = async (
    args: Parameters<Chain["programAccounts"]>[0],
  ): Promise<readonly AccountRecord[]> => {
    const { program, prefix, bytes, signal } = args;
    const found = await read({ signal }, (node) =>
      node.programAccounts({ program, prefix, bytes }),
    );
    if (found !== "too long") return found;
    if (prefix.length >= LONGEST_PREFIX) {
      throw new RpcError("getProgramAccounts: one payer has more accounts than one answer holds");
    }
    const parts: (readonly AccountRecord[])[] = [];
    await eachLimited({
      items: Array.from({ length: 256 }, (_, byte) => Uint8Array.from([...prefix, byte])),
      limit: LISTS_AT_ONCE,
      work: async (longer) => {
        parts.push(await list({ ...args, prefix: longer }));
      },
    });
    return parts.flat();
  };

  /** The clock of the first node that is up to date, after all have been compared. */
  const compare = async (): Promise<Now> => {
    const { present, absent } = pool.compared();
    const look = async (seat: Seat<RpcNode>): Promise<Now | RpcError> => {
      try {
        const now = await use(seat, (node) => node.now());
        pool.sawSlot(seat, now.slot);
        return now;
      } catch (error) {
        if (error instanceof RpcError) return error;
        throw error;
      }
    };
    // Nobody waits for those that failed before: what they say counts from the next time on.
    for (const seat of absent) void look(seat).catch(() => undefined);
    const readings = await Promise.all(present.map(look));
    let last: RpcError | undefined;
    for (const [index, seat] of present.entries()) {
      const reading = readings[index];
      if (reading instanceof RpcError) last = reading;
      else if (reading !== undefined && !pool.isBehind(seat)) return reading;
    }
    throw last ?? pool.nobody();
  };

  return {
    now: (waiting) => persist(waiting, compare),
    accounts: ({ addresses, signal }) =>
      pages.read(addresses, (page) =>
        read({ signal }, (node) => node.accounts({ addresses: page, finalized: false })),
      ),
    testify: ({ addresses, signal }) => persist({ signal }, () => testify(addresses)),
    programAccounts: async (args) => [...(await list(args))],
    balance: ({ address, signal }) => read({ signal }, (node) => node.balance(address)),
    async latestBlockhash(waiting) {
      const known = blockhash;
      if (known !== undefined && Date.now() - known.readAtMs <= BLOCKHASH_AGE_MS) {
        const latest = await known.latest;
        if (latest.blockhash !== waiting?.unlike) return latest;
      }
      // Whoever asks while it is read gets the same, in the order of asking.
      const latest = read(waiting, (node) => node.latestBlockhash());
      const reading = { latest, readAtMs: Date.now() };
      blockhash = reading;
      latest.catch(() => {
        if (blockhash === reading) blockhash = undefined;
      });
      return latest;
    },
    finalizedBlockHeight: (waiting) => read(waiting, (node) => node.finalizedBlockHeight()),
    async send({ wire }) {
      const { preflight } = options;
      let unsure: RpcError | undefined;
      for (const seat of pool.candidates()) {
        try {
          await use(seat, (node) => node.send({ wire, preflight }));
        } catch (error) {
          // A node that fell silent may have taken it: after that no refusal is certain.
          if (!(error instanceof RpcError)) throw unsure ?? error;
          unsure = error;
          continue;
        }
        for (const other of pool.candidates()) {
          if (other === seat) continue;
          void use(other, (node) => node.send({ wire, preflight: false })).catch(() => undefined);
        }
        return;
      }
      throw unsure ?? pool.nobody();
    },
    async statuses({ signatures, signal }) {
      const parts = chunks(signatures, SIGNATURES_PER_REQUEST).map((part) =>
        read({ signal }, (node) => node.statuses(part)),
      );
      return (await Promise.all(parts)).flat();
    },
    landed: ({ signature, signal }) => read({ signal }, (node) => node.landed(signature)),
    takes: ({ wire, signal }) => read({ signal }, (node) => node.takes(wire)),
    recentPrices: (waiting) => read(waiting, (node) => node.recentPrices()),
    nodes: pool.states,
  };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}
