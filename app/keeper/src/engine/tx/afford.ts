import { LAMPORTS_A_SIGNATURE, MAX_COMPUTE_UNITS } from "@pinfi/sdk";
import type { Now } from "../chain/chain";
import type { BuildContext, Due, Item, Task } from "../work/task";
import { dearestRent, type SigningPolicy } from "./policy";
import type { SpendCap } from "./spend";

/** Work that may be paid for, the most urgent first. */
export interface Affordable<I extends Item> {
  /** With a deadline that is near. */
  first: I[];
  others: I[];
  /** Not worth a transaction of their own. */
  riding: I[];
  /** Items that were due and that a limit of one of their scopes does not bear now. */
  refused: number;
}

/**
 * Which of the items the limits of their scopes bear. What has a deadline comes first, the nearest in
 * front; then the work of those on whom least was spent in the last hour, so that nobody crowds out
 * the others; of that, what has waited longest. Pure but for reading `spend`.
 */
export function affordable<I extends Item>(args: {
  task: Task<I>;
  items: readonly I[];
  now: Now;
  build: BuildContext;
  spend: SpendCap;
}): Affordable<I> {
  const { task, now, spend } = args;
  const ranked = args.items
    .map((item) => ({ item, due: task.due(item, now) }))
    .filter(({ due }) => due !== "wait")
    .map((each) => ({
      ...each,
      deadline: each.due === "first" ? (each.item.deadline ?? NEVER) : NEVER,
      spent: spend.spent(each.item.scopes.at(-1)),
    }))
    .sort(
      (a, b) =>
        compare(RANK[a.due], RANK[b.due]) ||
        compare(a.deadline, b.deadline) ||
        compare(a.spent, b.spent) ||
        compare(ageOf(a.item), ageOf(b.item)),
    );
  const lamports = dearest(args);
  const bears = spend.trial();
  const result: Affordable<I> = { first: [], others: [], riding: [], refused: 0 };
  const { first, others, riding } = result;
  const lists: Record<Due, I[]> = { first, now: others, ride: riding, wait: [] };
  for (const { item, due } of ranked) {
    if (bears({ scopes: item.scopes, lamports }, due === "first")) lists[due].push(item);
    else if (due !== "ride") result.refused += 1;
  }
  return result;
}

const NEVER = 2n ** 63n - 1n;
const RANK = { first: 0, now: 1, ride: 2, wait: 3 } as const;

/** Who knows when it came in comes before who does not. */
const ageOf = ({ receivedAtMs }: Item): number => receivedAtMs ?? Number.MAX_SAFE_INTEGER;

const compare = <T extends bigint | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

/** The cost of an item that goes alone: with others it costs less. */
const dearest = (args: {
  task: { signatures: number; signing: SigningPolicy };
  build: BuildContext;
}): bigint =>
  BigInt(LAMPORTS_A_SIGNATURE * (1 + args.task.signatures)) +
  args.build.priorityFee(MAX_COMPUTE_UNITS) +
  dearestRent(args.task.signing);
