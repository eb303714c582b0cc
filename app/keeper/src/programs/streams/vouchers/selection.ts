import { listTargets, type Voucher } from "@pinfi/sdk/streams";

/** A voucher that the keeper holds on to. */
export interface KeptVoucher {
  /** Base58 signature. */
  id: string;
  voucher: Voucher;
  /** Unix milliseconds of this host. */
  receivedAtMs: number;
  /** The same, since when nodes say that it can bring nothing any more; undefined: they do not. */
  overSinceMs?: number | undefined;
}

/** The best promise known for a line. */
export interface Best {
  cumulative: bigint;
  /** The voucher it stands in. */
  id: string;
}

/**
 * The vouchers of one book that are worth keeping: each of them holds the best cumulative of at
 * least one line, and together they hold every line's best.
 */
export interface Selection {
  readonly kept: ReadonlyMap<string, KeptVoucher>;
  readonly best: ReadonlyMap<number, Best>;
  /**
   * Takes in a voucher if it promises any line more than is known (`floor`: what the chain has
   * recorded of a line). Returns what that changed, or undefined when it brings nothing new.
   */
  offer(incoming: KeptVoucher, floor: (line: number) => bigint): Change | undefined;
  /** Ids of the vouchers that the chain's records (`floor`) make superfluous. */
  superfluous(floor: (line: number) => bigint): string[];
  drop(ids: readonly string[]): void;
}

/** What an accepted voucher did to a selection. */
export interface Change {
  /** Ids of vouchers that the new one made superfluous. */
  dropped: string[];
  /** Puts the selection back as it was, if nothing else was offered since. */
  undo(): void;
}

export function createSelection(): Selection {
  const kept = new Map<string, KeptVoucher>();
  const best = new Map<number, Best>();
  /** Lines of which each kept voucher holds the best. */
  const linesOf = new Map<string, Set<number>>();

  const drop = (id: string): void => {
    for (const line of linesOf.get(id) ?? []) best.delete(line);
    linesOf.delete(id);
    kept.delete(id);
  };

  return {
    kept,
    best,
    offer(incoming, floor) {
      const targets = listTargets(incoming.voucher.targets);
      const known = (line: number): bigint => {
        const recorded = floor(line);
        const promised = best.get(line)?.cumulative ?? 0n;
        return promised > recorded ? promised : recorded;
      };
      if (!targets.some(({ line, cumulative }) => cumulative > known(line))) return undefined;

      const before = new Map<number, Best | undefined>();
      const dropped: KeptVoucher[] = [];
      const mine = new Set<number>();
      kept.set(incoming.id, incoming);
      linesOf.set(incoming.id, mine);
      for (const { line, cumulative } of targets) {
        // Equal counts as better: an older voucher that is matched everywhere can then go.
        const current = best.get(line);
        if (cumulative <= floor(line) || cumulative < (current?.cumulative ?? 0n)) continue;
        if (!before.has(line)) before.set(line, current);
        best.set(line, { cumulative, id: incoming.id });
        mine.add(line);
        if (current === undefined || current.id === incoming.id) continue;
        const lines = linesOf.get(current.id);
        lines?.delete(line);
        const emptied = kept.get(current.id);
        if (lines?.size === 0 && emptied !== undefined) {
          dropped.push(emptied);
          drop(current.id);
        }
      }
      return {
        dropped: dropped.map(({ id }) => id),
        undo() {
          kept.delete(incoming.id);
          linesOf.delete(incoming.id);
          for (const voucher of dropped) {
            kept.set(voucher.id, voucher);
            linesOf.set(voucher.id, new Set());
          }
          for (const [line, old] of before) {
            if (old === undefined) best.delete(line);
            else {
              best.set(line, old);
              linesOf.get(old.id)?.add(line);
            }
          }
        },
      };
    },
    superfluous: (floor) =>
      [...linesOf]
        .filter(([, lines]) =>
          [...lines].every((line) => (best.get(line)?.cumulative ?? 0n) <= floor(line)),
        )
        .map(([id]) => id),
    drop(ids) {
      for (const id of ids) drop(id);
    },
  };
}
