import type { Logger } from "pino";
import type { Now } from "../chain/chain";
import { asKeeperError, type KeeperError, ProgramFailure } from "../errors";
import type { KeeperEvents, PassSummary } from "../events";
import type { Metrics } from "../metrics";
import { costOf, feeOf, sharesOf } from "../tx/fee";
import type { Landed, Sender } from "../tx/send";
import type { Quarantine } from "./quarantine";
import type { BuildContext, Draft, Item, Task } from "./task";

export interface DeliveryOptions {
  sender: Sender;
  metrics: Metrics;
  events: KeeperEvents;
  log: Logger;
  /** Stop before sending; say what would be sent. */
  dryRun: boolean;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}

/** One pass of one task, as far as sending needs to know it. */
export interface Delivery<I extends Item> {
  task: Task<I>;
  quarantine: Quarantine;
  build: BuildContext;
  now: Now;
  summary: PassSummary;
  /** No new transaction is begun once it aborts. */
  stopping: AbortSignal;
  /** Ends waiting at once. */
  abort: AbortSignal;
}

/**
 * Brings drafts to the chain. What fails by its own fault is taken out, and the rest is built
 * anew and sent: by the instruction that was refused where the runtime names one, else by halves.
 */
export function createDelivery(options: DeliveryOptions) {
  const { sender, metrics, events, log } = options;

  const count = (pass: Delivery<Item>, result: ItemResult, items: readonly Item[]): void => {
    pass.summary[result] += items.length;
    metrics.items.inc({ task: pass.task.name, outcome: result }, items.length);
  };

  async function deliver<I extends Item>(pass: Delivery<I>, draft: Draft<I>): Promise<void> {
    if (pass.stopping.aborted) return;
    const { task } = pass;
    const feeLamports = feeOf(draft);
    const bearable = BigInt(task.maxFeeLamports) * BigInt(draft.items.length);
    const lamports = costOf(draft);
    if (lamports > bearable) {
      const message = `costs ${lamports} lamports, its ${draft.items.length} items are worth ${bearable}`;
      log.warn({ task: task.name, message }, "refused: too dear");
      return count(pass, "refused", draft.items);
    }
    if (options.dryRun) return plan(pass, draft, feeLamports);
    try {
      const { instructions, rentLamports, budget } = draft;
      const pressing = draft.items.some((item) => task.due(item, pass.now) === "first");
      const shares = sharesOf(draft, lamports);
      const policy = task.signing;
      const outgoing = {
        instructions,
        rentLamports,
        policy,
        budget,
        feeLamports,
        shares,
        pressing,
      };
      const landed = await sender.send(outgoing, pass.abort);
      onLanded(pass, draft, landed);
      await pass.quarantine.free(draft.items.map(({ key }) => key));
    } catch (thrown) {
      if (pass.abort.aborted) return;
      const error = asKeeperError(thrown);
      await (error instanceof ProgramFailure
        ? isolate(pass, draft, error)
        : giveUp(pass, draft, error));
    }
  }

  function plan<I extends Item>(pass: Delivery<I>, draft: Draft<I>, feeLamports: bigint): void {
    pass.summary.planned += 1;
    log.info(
      {
        task: pass.task.name,
        feeLamports,
        items: draft.items.map(({ key }) => key),
        ...pass.task.describe(draft),
      },
      "dry run: would send",
    );
  }

  function onLanded<I extends Item>(pass: Delivery<I>, draft: Draft<I>, landed: Landed): void {
    const { task } = pass;
    const { accounts, receivedAtMs } = task.describe(draft);
    const latenciesMs = receivedAtMs.map((atMs) => options.hostClock() - atMs);
    task.landed?.({ accounts, latenciesMs });
    count(pass, "landed", draft.items);
    pass.summary.transactions += 1;
    metrics.transactions.inc({ task: task.name, result: "landed" });
    metrics.feeLamports.inc({ task: task.name }, Number(landed.feeLamports));
    metrics.computeUnits.inc({ task: task.name }, Number(landed.details.computeUnits ?? 0n));
    const { signature, slot, bytes, feeLamports, details } = landed;
    log.info({ task: task.name, signature, items: draft.items.length, feeLamports }, "landed");
    events.onLanded?.({
      task: task.name,
      signature,
      slot,
      unixSeconds: pass.now.unixSeconds,
      feeLamports,
      computeUnits: details.computeUnits,
      costUnits: details.costUnits,
      bytes,
      accounts,
      latenciesMs,
    });
  }

  async function isolate<I extends Item>(
    pass: Delivery<I>,
    draft: Draft<I>,
    error: ProgramFailure,
  ): Promise<void> {
    const { task, quarantine } = pass;
    if (error.signature !== undefined) {
      metrics.transactions.inc({ task: task.name, result: "failed" });
      metrics.feeLamports.inc({ task: task.name }, Number(feeOf(draft)));
    }
    const named = error.instruction === undefined ? [] : draft.blame(error.instruction);
    const blamed = named.length === 0 && draft.items.length === 1 ? draft.items : named;
    if (blamed.length > 0) {
      if (task.settledBy.includes(error.code)) count(pass, "settled", blamed);
      else {
        report(pass, blamed, error);
        await quarantine.add(
          blamed.map(({ key }) => key),
          error.code,
        );
      }
    }
    for (const group of remaining(draft.items, blamed)) {
      for (const rest of task.build(group, pass.build)) await deliver(pass, rest);
    }
  }

  function giveUp<I extends Item>(pass: Delivery<I>, draft: Draft<I>, error: KeeperError): void {
    if (error.code === "HourlyFeeCap") {
      log.warn({ task: pass.task.name }, error.message);
      count(pass, "refused", draft.items);
      return;
    }
    metrics.transactions.inc({ task: pass.task.name, result: error.failure });
    report(pass, draft.items, error);
  }

  function report(pass: Delivery<Item>, items: readonly Item[], error: KeeperError): void {
    const { code, failure, message } = error;
    const task = pass.task.name;
    const keys = items.map(({ key }) => key);
    const signature = error instanceof ProgramFailure ? error.signature : undefined;
    count(pass, "failed", items);
    metrics.failures.inc({ task, failure, code });
    log.warn({ task, failure, code, items: keys, message, signature }, "failed");
    events.onFailure?.({ task, failure, code, message, items: keys, signature });
  }

  return { deliver };
}

/** What became of an item. */
type ItemResult = "landed" | "settled" | "refused" | "failed";

/** Who is tried again: everybody else, or both halves where nobody was blamed. */
function remaining<I extends Item>(items: readonly I[], blamed: readonly I[]): (readonly I[])[] {
  if (blamed.length > 0) {
    const others = items.filter((item) => !blamed.includes(item));
    return others.length > 0 ? [others] : [];
  }
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}
