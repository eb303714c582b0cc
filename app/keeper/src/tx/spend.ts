import type { Store } from "../store/store";

const HOUR_MS = 3_600_000;

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
}

export async function openSpendCap(args: {
  store: Store;
  maxLamportsPerHour: number;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}): Promise<SpendCap> {
  const { store, hostClock } = args;
  const stored = await store.spends({ sinceMs: hostClock() - HOUR_MS });
  const booked = new Map(stored.map((spend) => [spend.signature, spend]));

  const spent = (): bigint => {
    const since = hostClock() - HOUR_MS;
    let sum = 0n;
    for (const [signature, { atMs, lamports }] of booked) {
      if (atMs < since) booked.delete(signature);
      else sum += BigInt(lamports);
    }
    return sum;
  };

  return {
    spent,
    async reserve({ signature, lamports }) {
      if (spent() + lamports > BigInt(args.maxLamportsPerHour)) return false;
      const spend = { signature, atMs: hostClock(), lamports: Number(lamports) };
      // In memory first: others must not take the same room while the store writes.
      booked.set(signature, spend);
      try {
        await store.recordSpend(spend);
      } catch (error) {
        booked.delete(signature);
        throw error;
      }
      return true;
    },
    async release(signature) {
      if (booked.delete(signature)) await store.forgetSpend(signature);
    },
  };
}
