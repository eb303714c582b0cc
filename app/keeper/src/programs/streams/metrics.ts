import type { MakeMetrics } from "../../engine/metrics";

/** What is measured of vouchers and settlements. */
export type StreamsMetrics = ReturnType<typeof createStreamsMetrics>;

/** Seconds from tenths of a millisecond to minutes. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MINUTES = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800];
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];

export const createStreamsMetrics = ({ counter, gauge, histogram }: MakeMetrics) => ({
  vouchers: counter("vouchers_total", "Vouchers posted, by result and reason", [
    "result",
    "reason",
  ]),
  commitSeconds: histogram("commit_seconds", "Time of one store transaction", SECONDS),
  commitVouchers: histogram("commit_vouchers", "Vouchers of one store transaction", COUNTS),
  unsettledVouchers: gauge("unsettled_vouchers", "Vouchers not yet settled for good", []),
  oldestVoucherSeconds: gauge("oldest_voucher_seconds", "Age of the oldest unsettled voucher", []),
  settledTargets: counter("settled_targets_total", "Line targets in landed settlements", []),
  settleLatency: histogram(
    "settle_latency_seconds",
    "From a voucher's arrival to its settlement",
    MINUTES,
  ),
});
