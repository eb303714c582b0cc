import type { VoucherStats } from "../http/views";
import type { StreamsMetrics } from "../metrics";

type Totals = Omit<VoucherStats, "waiting" | "unsettled" | "bulk">;

/** Totals since the start, out of the counter that also feeds /metrics. */
export async function voucherTotals(metrics: StreamsMetrics): Promise<Totals> {
  const totals: Totals = { accepted: 0, superseded: 0, unavailable: 0, refused: {} };
  for (const { labels, value } of (await metrics.vouchers.get()).values) {
    const { result, reason = "" } = labels;
    if (result === "refused") totals.refused[reason] = value;
    else if (result === "accepted" || result === "superseded" || result === "unavailable") {
      totals[result] += value;
    }
  }
  return totals;
}
