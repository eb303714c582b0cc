import type { Config } from "../config/schema";

/** Whom a fee is spent for. Base58. */
export interface Scope {
  book: string;
  payer: string;
}

/** What a limit counts: all fees, those for one book, those for one payer's books. */
export type LimitKind = "all" | "book" | "payer";

/** Limits on what is spent in any 60 minutes. Lamports. */
export interface FeeLimits {
  /** `pressing`: for work with a deadline; other work leaves it a part of every limit. */
  of(kind: LimitKind, pressing: boolean): bigint;
}

/** Two signatures and as much again for priority: no limit keeps a book or a payer from one voucher an hour. */
const LEAST = 20_000n;

/** The limits as configured. Pure. */
export function feeLimits(config: Config["limits"]): FeeLimits {
  const all = BigInt(config.maxFeeLamportsPerHour);
  const percents = { all: 100, book: config.bookPercent, payer: config.payerPercent };
  return {
    of(kind, pressing) {
      const whole = (all * BigInt(percents[kind])) / 100n;
      const part = pressing ? whole : (whole * BigInt(100 - config.deadlinePercent)) / 100n;
      return kind !== "all" && part < LEAST ? LEAST : part;
    },
  };
}

/** Names under which a fee is counted: that of all, and those of its book and payer where it has one. */
export function scopesOf(scope?: Scope): { kind: LimitKind; name: string }[] {
  const all = { kind: "all", name: "all" } as const;
  if (scope === undefined) return [all];
  return [
    all,
    { kind: "book", name: `book ${scope.book}` },
    { kind: "payer", name: `payer ${scope.payer}` },
  ];
}
