import type { Delegation } from "./delegation";

/** When vouchers run out, in the cluster's unix seconds; both undefined: never. */
export interface Deadline {
  /** From then on some of it can no longer be settled. */
  deadline: bigint | undefined;
  /** From then on it waits no longer, and comes before what has no deadline. */
  pressingFrom: bigint | undefined;
}

/** Seconds before a line closes or a signer expires at which a settlement waits no longer. */
const MARGIN = 600n;
const NEVER = 2n ** 63n - 1n;

/**
 * The deadline of vouchers under that delegation, on lines that close at those times. Those of a former
 * key are pressing at once: the payer has turned away from it. Pure.
 */
export function deadlineOf(args: {
  delegation: Delegation;
  closings: readonly bigint[];
}): Deadline {
  const { delegation, closings } = args;
  let deadline = delegation.expiresAt;
  for (const closing of closings) if (closing < deadline) deadline = closing;
  if (deadline === NEVER) return { deadline: undefined, pressingFrom: undefined };
  return { deadline, pressingFrom: delegation.former ? 0n : deadline - MARGIN };
}

/** Whether work with that deadline waits no longer. Pure. */
export const isPressing = (
  { pressingFrom }: Pick<Deadline, "pressingFrom">,
  unixSeconds: bigint,
): boolean => pressingFrom !== undefined && unixSeconds >= pressingFrom;
