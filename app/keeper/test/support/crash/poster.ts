import { setTimeout as sleep } from "node:timers/promises";
import { signVoucher, type Targets, voucherToJson } from "@pinfi/sdk";
import type { Random } from "../../../../../tests/harness/random";
import type { OpenBook } from "../world";

/** What was posted and what was acknowledged for each line of a book, as cumulative base units. */
export interface Tally {
  open: OpenBook;
  domain: Uint8Array;
  posted: bigint[];
  acknowledged: bigint[];
}

/** Pause between two posts of one poster, ms. */
const PAUSE_MS = 30;
/** Most that one voucher raises a line by, base units. */
const STEP = 40;

/** Posts ever higher vouchers, singly and as NDJSON, until `over`; every answer is tallied. */
export async function post(args: {
  tally: Tally;
  url: string;
  random: Random;
  over: AbortSignal;
  onAcknowledged: () => void;
}): Promise<void> {
  const { tally, url, random, over } = args;
  while (!over.aborted) {
    const batch = Array.from({ length: random.below(3) === 0 ? 4 : 1 }, () =>
      nextTargets(tally, random),
    );
    const bodies = batch.map((targets) => JSON.stringify(signed(tally, targets)));
    const single = batch.length === 1;
    // The process is killed under it: no answer means that nothing was promised.
    const answers = await request(url, single, bodies.join("\n"), over).catch(() => undefined);
    if (answers === undefined) return;
    for (const [index, status] of answers.entries()) {
      if (status === "unavailable") continue;
      if (status !== "accepted" && status !== "superseded") throw new Error(`answered ${status}`);
      acknowledge(tally, batch[index] as Targets);
      args.onAcknowledged();
    }
    await sleep(random.below(PAUSE_MS), undefined, { signal: over }).catch(() => undefined);
  }
}

/** Raises one line, or all of them, above everything posted so far. */
function nextTargets(tally: Tally, random: Random): Targets {
  const raise = (line: number): bigint => {
    const cumulative = (tally.posted[line] ?? 0n) + BigInt(1 + random.below(STEP));
    tally.posted[line] = cumulative;
    return cumulative;
  };
  if (random.below(4) === 0) {
    return { kind: "dense", start: 0, cumulative: tally.posted.map((_, line) => raise(line)) };
  }
  const line = random.below(tally.posted.length);
  return { kind: "sparse", entries: [{ line, cumulative: raise(line) }] };
}

const signed = ({ domain, open }: Tally, targets: Targets) =>
  voucherToJson(signVoucher({ domain, book: open.address, targets, signer: open.payer }));

async function request(
  url: string,
  single: boolean,
  body: string,
  signal: AbortSignal,
): Promise<string[]> {
  const response = await fetch(`${url}/vouchers${single ? "" : "/batch"}`, {
    method: "POST",
    headers: { "content-type": single ? "application/json" : "application/x-ndjson" },
    body,
    signal,
  });
  const answer = (await response.json()) as { status: string; results?: { status: string }[] };
  return (answer.results ?? [answer]).map(({ status }) => status);
}

function acknowledge(tally: Tally, targets: Targets): void {
  const entries =
    targets.kind === "sparse"
      ? targets.entries
      : targets.cumulative.map((cumulative, at) => ({ line: targets.start + at, cumulative }));
  for (const { line, cumulative } of entries) {
    const known = tally.acknowledged[line] ?? 0n;
    if (cumulative > known) tally.acknowledged[line] = cumulative;
  }
}
