import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What the engine measures; each keeper has its own registry, so that two fit in a process. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Makes metrics of the keeper's prefix in its registry: programs bring their own. */
export type MakeMetrics = Metrics["make"];

export function createMetrics(args: { processMetrics: boolean }) {
  const registry = new Registry();
  if (args.processMetrics) collectDefaultMetrics({ register: registry, prefix: "pinfi_keeper_" });
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: T[]) =>
    new Counter({ name: `pinfi_keeper_${name}`, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: T[]) =>
    new Gauge({ name: `pinfi_keeper_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `pinfi_keeper_${name}`, help, buckets, registers });

  return {
    registry,
    make: { counter, gauge, histogram },
    items: counter("items_total", "Work items by task and outcome", ["task", "outcome"]),
    skipped: counter("skipped_total", "Work items left out, by task and reason", [
      "task",
      "reason",
    ]),
    failures: counter("failures_total", "Failures by task, class and code", [
      "task",
      "failure",
      "code",
    ]),
    quarantined: gauge("quarantined", "Work items waiting after failures", ["task"]),
    transactions: counter("transactions_total", "Transactions by task and result", [
      "task",
      "result",
    ]),
    feeLamports: counter("fee_lamports_total", "Fees paid, in lamports", ["task"]),
    computeUnits: counter("compute_units_total", "Compute units used", ["task"]),
    priorityPrice: gauge(
      "priority_price_micro_lamports",
      "Estimated price of a compute unit, before floor and cap",
      [],
    ),
    hourlyFeeLamports: gauge("hourly_fee_lamports", "Fees reserved in the last 60 minutes", []),
    balanceLamports: gauge("payer_balance_lamports", "Balance of the fee payer", []),
    slot: gauge("cluster_slot", "Slot of the cluster as last read", []),
    nodeInUse: gauge("rpc_node_in_use", "1 for the node that reads go to", ["node", "host"]),
    nodeBehind: gauge("rpc_node_behind", "1 while it lags too far behind", ["node", "host"]),
    nodeFailures: gauge("rpc_node_failures", "Failed requests since the start", ["node", "host"]),
    iterations: counter("iterations_total", "Finished turns of the loop", []),
    lastIteration: gauge("last_iteration_timestamp_seconds", "When a turn finished last", []),
  };
}
