import { createGroupCommit } from "../group-commit";
import type { Spend, Store } from "../store/store";
import type { FeeLimits, SpendScope } from "./limits";

const HOUR_MS = 3_600_000;
const RECORDED_AT_ONCE = 1_000;

/** Lamports that a transaction spends on what these scopes name. */
export interface Share {
  scopes: readonly SpendScope[];
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
  /** Lamports booked in the last 60 minutes, for all or for one scope. */
  spent(scope?: SpendScope): bigint;
  /** Lamports that may still be booked now: within the limit on all, and those on these scopes. */
  left(pressing: boolean, scopes?: readonly SpendScope[]): bigint;
  /**
   * Plans bookings without making them: tells whether the limits of the scopes bear this fee beside
   * all that were taken before.
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
  let sum = 0n;
  /** By the name of a scope. */
  const sums = new Map<string, bigint>();

  const sumOf = ({ name }: SpendScope): bigint => sums.get(name) ?? 0n;
  const count = ({ scopes, lamports }: Spend, sign: 1n | -1n): void => {
    const change = sign * BigInt(lamports);
    sum += change;
    for (const name of scopes) {
      const after = (sums.get(name) ?? 0n) + change;
      if (after === 0n) sums.delete(name);
      else sums.set(name, after);
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

  const left = (pressing: boolean, scopes: readonly SpendScope[] = []): bigint => {
    forgetOld();
    let least = limits.of(undefined, pressing) - sum;
    for (const scope of scopes) {
      const room = limits.of(scope, pressing) - sumOf(scope);
      if (room < least) least = room;
    }
    return least;
  };

  return {
    spent(scope) {
      forgetOld();
      return scope === undefined ? sum : sumOf(scope);
    },
    left,
    trial() {
      const taken = new Map<string, bigint>();
      forgetOld();
      return ({ lamports, scopes }, pressing) => {
        const after = scopes.map(({ name }) => (taken.get(name) ?? 0n) + lamports);
        const isBorne = scopes.every(
          (scope, nth) => sumOf(scope) + (after[nth] ?? 0n) <= limits.of(scope, pressing),
        );
        if (isBorne)
          for (const [nth, { name }] of scopes.entries()) taken.set(name, after[nth] ?? 0n);
        return isBorne;
      };
    },
    async reserve({ signature, shares, pressing }) {
      const atMs = hostClock();
      const spends: Spend[] = [];
      for (const { lamports, scopes } of shares) {
        if (lamports > left(pressing, scopes)) {
          for (const spend of spends) count(spend, -1n);
          return false;
        }
        const names = scopes.map(({ name }) => name);
        const spend = { signature, atMs, scopes: names, lamports: Number(lamports) };
        // Counted at once: other shares and other transactions must not take the same room.
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
