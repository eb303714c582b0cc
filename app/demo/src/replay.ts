import type { Voucher } from "@pinfi/sdk/streams";
import { createLedger } from "./ledger";
import type { Market } from "./market";
import type { Poster } from "./post";
import type { Tracker } from "./tracker";
import type { Payment } from "./workload";

const MICROS = 1_000_000;

/** Payments between two rounds of the keeper. */
export interface Round {
  /** Unix seconds at which the keeper settles. */
  atSeconds: number;
  payments: Payment[];
}

/** Cuts a trace into rounds of `every` seconds, leaving out those without a payment. */
export function cutRounds({
  payments,
  startSeconds,
  every,
}: {
  /** In order of time. */
  payments: readonly Payment[];
  startSeconds: number;
  every: number;
}): Round[] {
  const rounds: Round[] = [];
  for (const payment of payments) {
    const elapsed = payment.atMicros / MICROS - startSeconds;
    const atSeconds = startSeconds + (Math.floor(elapsed / every) + 1) * every;
    const last = rounds.at(-1);
    if (last?.atSeconds === atSeconds) last.payments.push(payment);
    else rounds.push({ atSeconds, payments: [payment] });
  }
  return rounds;
}

/** Moves the cluster's clock forward to a time; never back. */
export function advanceTo({ market, seconds }: { market: Market; seconds: number }): void {
  const step = BigInt(seconds) - market.localnet.clock().unixTimestamp;
  if (step > 0n) market.localnet.advance({ seconds: step });
}

/** Payments signed before the next ones wait: bounds the memory of a burst. */
const SIGNED_AT_ONCE = 4_096;

/**
 * Replays a trace on its own clock, as fast as it goes: the payments of a round are signed, one
 * voucher each, and posted; then the clock moves to the end of the round and the keeper works.
 */
export async function replay({
  market,
  rounds,
  tracker,
  poster,
  work,
  onRound,
  signal,
}: {
  market: Market;
  rounds: readonly Round[];
  tracker: Tracker;
  poster: Poster;
  /** One turn of the keeper; resolves when everything it sent has landed. */
  work(): Promise<void>;
  onRound(round: Round): Promise<void>;
  signal?: AbortSignal;
}): Promise<void> {
  const ledgers = market.payers.map((payer) => createLedger({ payer, nodes: market.nodes.length }));
  for (const round of rounds) {
    for (let at = 0; at < round.payments.length; at += SIGNED_AT_ONCE) {
      signal?.throwIfAborted();
      const outbox = new Map<number, Voucher[]>();
      for (const payment of round.payments.slice(at, at + SIGNED_AT_ONCE)) {
        const { payer, node, price, atMicros } = payment;
        const ledger = ledgers[payer];
        if (ledger === undefined) throw new RangeError(`there is no payer ${payer}`);
        const cumulative = ledger.owe({ node, price });
        tracker.paid({
          payer,
          node,
          cumulative,
          price,
          atSeconds: atMicros / MICROS,
          atWall: performance.now(),
        });
        const vouchers = outbox.get(payer) ?? [];
        if (vouchers.length === 0) outbox.set(payer, vouchers);
        vouchers.push(ledger.sign());
      }
      await Promise.all([...outbox.values()].map((vouchers) => poster.post(vouchers)));
    }
    advanceTo({ market, seconds: round.atSeconds });
    await work();
    await onRound(round);
  }
}
