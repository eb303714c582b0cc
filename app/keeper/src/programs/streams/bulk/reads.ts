import { STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import { PublicKey } from "@solana/web3.js";
import type { AccountRead, Chain } from "../../../engine/chain/chain";
import { RpcError } from "../../../engine/errors";
import type { BookCache } from "../books/book-cache";
import type { BookFacts, FromThread, ToThread } from "./protocol";

/** An answer to the thread, and the memory that goes over with it. */
export interface Handed {
  message: ToThread;
  transfer: ArrayBuffer[];
}

type Question = Extract<FromThread, { type: "read" }>;

/** Reads books for the bulk thread, which has no way to the cluster. Rejects with RpcError. */
export function createReads(args: {
  chain: Chain;
  books: BookCache;
  signal: AbortSignal;
}): (question: Question) => Promise<Handed> {
  const { chain, books, signal } = args;

  const testify = async ({ id, addresses }: Question): Promise<Handed> => {
    const asked = { addresses: addresses.map(toKey), signal };
    const { readings, ...testimony } = await chain.testify(asked);
    const found = readings.map(({ accounts, unixSeconds }) => {
      const unread = accounts.find((account) => account instanceof RpcError);
      // What landed is looked for in all of them or in none: it would be sent again.
      if (unread !== undefined) throw unread;
      return { unixSeconds, books: factsOf(addresses, accounts) };
    });
    return {
      message: { type: "testimony", id, ...testimony, readings: found },
      transfer: found.flatMap((each) => buffersOf(each.books)),
    };
  };

  return async (question) => {
    if (question.level === "finalized") return testify(question);
    const { id, addresses } = question;
    const [accounts, { unixSeconds }] = await Promise.all([
      chain.accounts({ addresses: addresses.map(toKey), signal }),
      chain.now({ signal }),
    ]);
    const found = factsOf(addresses, accounts);
    for (const [index, account] of accounts.entries()) {
      const isOurs =
        account !== null &&
        !(account instanceof RpcError) &&
        account.owner.equals(STREAMS_PROGRAM_ID);
      if (isOurs) books.note(addresses[index] as string);
    }
    return {
      message: { type: "books", id, unixSeconds, books: found },
      transfer: buffersOf(found),
    };
  };
}

/** Nothing is said of those that could not be read: their vouchers go the ordinary way. */
const factsOf = (addresses: readonly string[], accounts: readonly AccountRead[]): BookFacts[] =>
  accounts.flatMap((account, index): BookFacts[] => {
    if (account instanceof RpcError) return [];
    const address = addresses[index] as string;
    const { owner = PublicKey.default, data = new Uint8Array() } = account ?? {};
    return [{ address, owner: owner.toBytes(), data: ownBytes(data) }];
  });

const buffersOf = (books: readonly BookFacts[]): ArrayBuffer[] =>
  books.map(({ data }) => data.buffer as ArrayBuffer);

/** Bytes that may be handed over: what stands in node's shared pool must not be taken from it. */
export const ownBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength && bytes.byteLength > 0
    ? bytes
    : new Uint8Array(bytes);

/** The same books are read again and again. */
const keys = new Map<string, PublicKey>();
const MOST_KEYS = 20_000;

function toKey(address: string): PublicKey {
  const known = keys.get(address);
  if (known !== undefined) return known;
  if (keys.size >= MOST_KEYS) keys.clear();
  const key = new PublicKey(address);
  keys.set(address, key);
  return key;
}
