import { createGroupCommit } from "../group-commit";
import type { Spend, Store } from "../store/store";
import { type FeeLimits, type Scope, scopesOf } from "./limits";

const HOUR_MS = 3_600_000;
const RECORDED_AT_ONCE = 1_000;

/** Lamports that a transaction spends on one book. */
export interface Share extends Scope {
  lamports: bigint;
}

/** Keeps what the keeper pays in any 60 minutes within its limits; remembers across restarts. */
export interface SpendCap {
  /**
   * Books a fee before its transaction is first sent; false when a limit does not allow it.
   * `pressing`: for work with a deadline, which may use what is kept for it. Durable when it resolves.
   */
  reserve(args: {
    signature: string;
    shares: readonly Share[];
    pressing: boolean;
  }): Promise<boolean>;
  /** Whether that transaction was booked in the last 60 minutes: it can be paid but once. */
  isBooked(signature: string): boolean;
  /** Takes a booking back: the transaction can no longer land. */
  release(signature: string): Promise<void>;
  /** Lamports booked in the last 60 minutes, for all or for one payer's books. */
  spent(payer?: string): bigint;
  /** Lamports that may still be booked now, as far as the limit on all fees goes. */
  left(pressing: boolean): bigint;
  /** The same for one book: within the limits on all fees, on the book and on its payer. */
  leftOf(scope: Scope, pressing: boolean): bigint;
  /**
   * Plans bookings without making them: tells whether the limits of the book and the payer bear this
   * fee beside all that were taken before.
   */
  trial(): (share: Share, pressing: boolean) => boolean;
}

export async function openSpendCap(args: {
  store: Store;
  limits: FeeLimits;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}): Promise<SpendCap> {
  const { store, limits, hostClock } = args;
  /** By signature, in the order of time, as long as the host's clock runs forward. */
  const booked = new Map<string, Spend[]>();
  const sums = new Map<string, bigint>();

  const sumOf = (name: string): bigint => sums.get(name) ?? 0n;
  const count = (spend: Spend, sign: 1n | -1n): void => {
    for (const { name } of scopesOf(spend)) {
      const sum = sumOf(name) + sign * BigInt(spend.lamports);
      if (sum === 0n) sums.delete(name);
      else sums.set(name, sum);
    }
  };
  const add = (spends: readonly Spend[]): void => {
    for (const spend of spends) {
      booked.set(spend.signature, [...(booked.get(spend.signature) ?? []), spend]);
      count(spend, 1n);
    }
  };
  const remove = (signature: string): boolean => {
    for (const spend of booked.get(signature) ?? []) count(spend, -1n);
    return booked.delete(signature);
  };
  const forgetOld = (): void => {
    const since = hostClock() - HOUR_MS;
    for (const [signature, [first]] of booked) {
      if (first === undefined || first.atMs >= since) break;
      remove(signature);
    }
  };
  // One fsync serves all transactions that are about to be sent.
  const record = createGroupCommit<Spend[], void>({
    atOnce: RECORDED_AT_ONCE,
    async run(spends) {
      await store.recordSpends(spends.flat());
      return spends.map(() => undefined);
    },
  });

  add(await store.spends({ sinceMs: hostClock() - HOUR_MS }));

  const leftOf = (scope: Scope | undefined, pressing: boolean): bigint => {
    forgetOld();
    let least = limits.of("all", pressing) - sumOf("all");
    for (const { name, kind } of scopesOf(scope)) {
      const room = limits.of(kind, pressing) - sumOf(name);
      if (room < least) least = room;
    }
    return least;
  };

  return {
    spent(payer) {
      forgetOld();
      return sumOf(payer === undefined ? "all" : `payer ${payer}`);
    },
    left: (pressing) => leftOf(undefined, pressing),
    leftOf,
    trial() {
      const taken = new Map<string, bigint>();
      forgetOld();
      return ({ lamports, ...scope }, pressing) => {
        const scopes = scopesOf(scope).filter(({ kind }) => kind !== "all");
        const after = scopes.map(({ name }) => (taken.get(name) ?? 0n) + lamports);
        const isBorne = scopes.every(
          ({ name, kind }, nth) => sumOf(name) + (after[nth] ?? 0n) <= limits.of(kind, pressing),
        );
        if (isBorne)
          for (const [nth, { name }] of scopes.entries()) taken.set(name, after[nth] ?? 0n);
        return isBorne;
      };
    },
    async reserve({ signature, shares, pressing }) {
      const atMs = hostClock();
      const spends: Spend[] = [];
      for (const { lamports, ...scope } of shares) {
        if (lamports > leftOf(scope, pressing)) {
          for (const spend of spends) count(spend, -1n);
          return false;
        }
        const spend = { signature, atMs, ...scope, lamports: Number(lamports) };
        // Counted at once: shares of one payer, and other transactions, must not take the same room.
        count(spend, 1n);
        spends.push(spend);
      }
      booked.set(signature, spends);
      try {
        await record.add(spends);
      } catch (error) {
        remove(signature);
        throw error;
      }
      return true;
    },
    isBooked: (signature) => booked.has(signature),
    async release(signature) {
      if (remove(signature)) await store.forgetSpend(signature);
    },
  };
}
