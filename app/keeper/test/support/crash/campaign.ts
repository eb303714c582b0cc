import { type LaneResult, runLane } from "./lane";
import type { Phase } from "./phases";
import { bundleKeeper } from "./process";

/** Kills that share one chain and one store: long enough to build up history, short enough to start anew. */
const RUNS_PER_LANE = 25;

/** Kills `runs` keepers, several lanes at a time, and adds up what became of them. */
export async function crashKeepers(args: {
  runs: number;
  seed: number;
  /** Lanes under way at once. */
  atOnce: number;
  onKill?: () => void;
}): Promise<LaneResult> {
  const bundle = bundleKeeper();
  const share = Math.min(RUNS_PER_LANE, Math.ceil(args.runs / args.atOnce));
  const lanes = Array.from({ length: Math.ceil(args.runs / share) }, (_, lane) => ({
    runs: Math.min(share, args.runs - lane * share),
    // Lanes of neighbouring seeds must not repeat each other.
    seed: args.seed * 1_009 + lane,
  }));
  const results: LaneResult[] = [];
  const queue = lanes.values();
  const work = async (): Promise<void> => {
    for (const { runs, seed } of queue) {
      results.push(
        await runLane({ bundle, runs, seed, ...(args.onKill && { onKill: args.onKill }) }),
      );
    }
  };
  await Promise.all(Array.from({ length: args.atOnce }, work));
  return results.reduce(sum);
}

function sum(one: LaneResult, other: LaneResult): LaneResult {
  const kills = new Map<Phase, number>(one.kills);
  for (const [phase, count] of other.kills) kills.set(phase, (kills.get(phase) ?? 0) + count);
  return {
    kills,
    acknowledged: one.acknowledged + other.acknowledged,
    feeLamports: one.feeLamports + other.feeLamports,
    tightCaps: one.tightCaps + other.tightCaps,
    lost: [...one.lost, ...other.lost],
    unequal: [...one.unequal, ...other.unequal],
    overspent: [...one.overspent, ...other.overspent],
  };
}
