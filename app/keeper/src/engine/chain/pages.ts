import type { PublicKey } from "@solana/web3.js";
import { RpcError } from "../errors";
import { eachLimited } from "../limited";
import type { AccountRead, AccountRecord } from "./chain";

/** Most addresses that nodes take in one request. */
const ADDRESSES_A_PAGE = 100;
/** Account data of one page, as far as its size is known: some 11 MB of base64. */
const PAGE_BYTES = 8 * 1024 * 1024;
/** What an account is taken for until it is known to be larger: a full page of them is read at once. */
const USUAL_BYTES = Math.floor(PAGE_BYTES / ADDRESSES_A_PAGE);
/** Larger accounts whose size is remembered. */
const MOST_REMEMBERED = 10_000;
/** Pages asked for at the same time. */
const PAGES_AT_ONCE = 8;

/** What a node says to a page: its accounts, or that they are more than is read of one answer. */
export type PageAnswer = readonly (AccountRecord | null)[] | "too long";

/** Reads any number of accounts, page by page. */
export interface Pages {
  /**
   * In the order asked for. A page that cannot be read is told in the place of its accounts, and is
   * no other's trouble; rejects when none can be read. `ask` must not answer `too long` to one address.
   */
  read(
    addresses: readonly PublicKey[],
    ask: (page: readonly PublicKey[]) => Promise<PageAnswer>,
  ): Promise<AccountRead[]>;
}

/** Pages are cut by the sizes that accounts had when they were read last; one of unknown size that is too long is halved. */
export function createPages(): Pages {
  const large = new Map<string, number>();

  const learn = (address: PublicKey, account: AccountRecord | null): void => {
    const name = address.toBase58();
    const bytes = account?.data.length ?? 0;
    if (bytes <= USUAL_BYTES) {
      if (large.size > 0) large.delete(name);
      return;
    }
    if (large.size >= MOST_REMEMBERED && !large.has(name)) large.clear();
    large.set(name, bytes);
  };

  /** Places of the addresses, page by page. Large accounts keep to themselves: their pages fail first. */
  const cut = (addresses: readonly PublicKey[]): number[][] => {
    const sizes = addresses.map((address) =>
      large.size === 0 ? undefined : large.get(address.toBase58()),
    );
    const places = [...addresses.keys()];
    return [
      ...fill(
        places.filter((place) => sizes[place] === undefined),
        () => USUAL_BYTES,
      ),
      ...fill(
        places.filter((place) => sizes[place] !== undefined),
        (place) => sizes[place] ?? 0,
      ),
    ];
  };

  const fill = (places: readonly number[], bytesOf: (place: number) => number): number[][] => {
    const pages: number[][] = [];
    let page: number[] = [];
    let filled = 0;
    for (const place of places) {
      const bytes = bytesOf(place);
      const isFull = page.length === ADDRESSES_A_PAGE || filled + bytes > PAGE_BYTES;
      if (page.length > 0 && isFull) {
        pages.push(page);
        page = [];
        filled = 0;
      }
      page.push(place);
      filled += bytes;
    }
    if (page.length > 0) pages.push(page);
    return pages;
  };

  return {
    async read(addresses, ask) {
      const found: AccountRead[] = new Array(addresses.length).fill(null);
      const readPage = async (places: readonly number[]): Promise<void> => {
        const page = places.map((place) => addresses[place] as PublicKey);
        try {
          const answer = await ask(page);
          if (answer === "too long") {
            const middle = Math.ceil(places.length / 2);
            await readPage(places.slice(0, middle));
            await readPage(places.slice(middle));
            return;
          }
          for (const [index, place] of places.entries()) {
            const account = answer[index] ?? null;
            learn(page[index] as PublicKey, account);
            found[place] = account;
          }
        } catch (error) {
          if (!(error instanceof RpcError)) throw error;
          for (const place of places) found[place] = error;
        }
      };
      await eachLimited({ items: cut(addresses), limit: PAGES_AT_ONCE, work: readPage });
      const [first] = found;
      if (first instanceof RpcError && found.every((each) => each instanceof RpcError)) throw first;
      return found;
    },
  };
}
