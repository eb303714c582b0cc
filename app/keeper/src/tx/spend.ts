import { createGroupCommit } from "../group-commit";
import type { Spend, Store } from "../store/store";

const HOUR_MS = 3_600_000;
const RECORDED_AT_ONCE = 1_000;

/** Keeps what the keeper pays in any 60 minutes below a cap; remembers across restarts. */
export interface SpendCap {
  /**
   * Books a fee before its transaction is first sent; false when the cap does not allow it.
   * Durable when it resolves.
   */
  reserve(args: { signature: string; lamports: bigint }): Promise<boolean>;
  /** Takes a booking back: the transaction can no longer land. */
  release(signature: string): Promise<void>;
  /** Lamports booked in the last 60 minutes. */
  spent(): bigint;
  /** Lamports that may still be booked now. */
  left(): bigint;
}

export async function openSpendCap(args: {
  store: Store;
  maxLamportsPerHour: number;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}): Promise<SpendCap> {
  const { store, hostClock } = args;
  /** In the order of time, as long as the host's clock runs forward. */
  const booked = new Map<string, Spend>();
  let sum = 0n;

  const add = (spend: Spend): void => {
    booked.set(spend.signature, spend);
    sum += BigInt(spend.lamports);
  };
  const remove = (signature: string): boolean => {
    const spend = booked.get(signature);
    if (spend !== undefined) sum -= BigInt(spend.lamports);
    return booked.delete(signature);
  };
  const spent = (): bigint => {
    const since = hostClock() - HOUR_MS;
    for (const [signature, { atMs }] of booked) {
      if (atMs >= since) break;
      remove(signature);
    }
    return sum;
  };
  // One fsync serves all transactions that are about to be sent.
  const record = createGroupCommit<Spend, void>({
    atOnce: RECORDED_AT_ONCE,
    async run(spends) {
      await store.recordSpends(spends);
      return spends.map(() => undefined);
    },
  });

  for (const spend of await store.spends({ sinceMs: hostClock() - HOUR_MS })) add(spend);

  const left = (): bigint => BigInt(args.maxLamportsPerHour) - spent();

  return {
    spent,
    left,
    async reserve({ signature, lamports }) {
      if (lamports > left()) return false;
      const spend = { signature, atMs: hostClock(), lamports: Number(lamports) };
      // In memory first: others must not take the same room while the store writes.
      add(spend);
      try {
        await record.add(spend);
      } catch (error) {
        remove(signature);
        throw error;
      }
      return true;
    },
    async release(signature) {
      if (remove(signature)) await store.forgetSpend(signature);
    },
  };
}
