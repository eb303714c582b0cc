import { setTimeout as sleep } from "node:timers/promises";
import {
  packVoucher,
  signVoucher,
  type Targets,
  type Voucher,
  voucherToJson,
} from "@pinfi/sdk/streams";
import type { PublicKey } from "@solana/web3.js";
import type { Random } from "../../../../../tests/harness/random";
import type { OpenBook } from "../world";

/** What was posted and what was acknowledged for each line of a book, as cumulative base units. */
export interface Tally {
  open: OpenBook;
  domain: Uint8Array;
  /** Where the payee of each line is paid. */
  payeeAccounts: PublicKey[];
  /** Its vouchers are posted as bulk feeds. */
  feeds: boolean;
  posted: bigint[];
  acknowledged: bigint[];
}

/** Pause between two posts of one poster, ms. */
const PAUSE_MS = 30;
/** Most that one voucher raises a line by, base units. */
const STEP = 40;

/** Posts ever higher vouchers until `over`; every answer is tallied. */
export async function post(args: {
  tally: Tally;
  url: string;
  random: Random;
  over: AbortSignal;
  onPosted: () => void;
  onAcknowledged: () => void;
}): Promise<void> {
  const { tally, url, random, over } = args;
  while (!over.aborted) {
    const batch = Array.from({ length: random.below(3) === 0 ? 4 : 1 }, () =>
      nextTargets(tally, random),
    );
    const vouchers = batch.map((targets) => signed(tally, targets));
    args.onPosted();
    // The process is killed under it: no answer means that nothing was promised.
    const answers = await send({ vouchers, feeds: tally.feeds, url, signal: over }).catch(
      () => undefined,
    );
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
  // Small vouchers of a feed go the ordinary way, over the same lines.
  if ((random.below(4) === 0) !== tally.feeds) {
    return { kind: "dense", start: 0, cumulative: tally.posted.map((_, line) => raise(line)) };
  }
  const line = random.below(tally.posted.length);
  return { kind: "sparse", entries: [{ line, cumulative: raise(line) }] };
}

const signed = ({ domain, open }: Tally, targets: Targets): Voucher =>
  signVoucher({ domain, book: open.address, targets, signer: open.payer });

interface Answer {
  status: string;
  results: { status: string }[];
  accepted: number;
  superseded: number;
  refused: Record<string, number>;
}

/** Posts a voucher, or several as NDJSON, or a feed; resolves with what is said of each. */
async function send(args: {
  vouchers: readonly Voucher[];
  feeds: boolean;
  url: string;
  signal: AbortSignal;
}): Promise<string[]> {
  const { vouchers, feeds, url, signal } = args;
  const single = !feeds && vouchers.length === 1;
  const path = feeds ? "/bulk" : single ? "" : "/batch";
  const toLine = (voucher: Voucher): unknown =>
    feeds
      ? { packed: Buffer.from(packVoucher(voucher)).toString("base64") }
      : voucherToJson(voucher);
  const response = await fetch(`${url}/vouchers${path}`, {
    method: "POST",
    headers: { "content-type": single ? "application/json" : "application/x-ndjson" },
    body: vouchers.map((voucher) => JSON.stringify(toLine(voucher))).join("\n"),
    signal,
  });
  const answer = (await response.json()) as Answer;
  if (!single && !response.ok) return vouchers.map(() => "unavailable");
  if (feeds) return vouchers.map(() => feedStatus(answer, vouchers.length));
  return single ? [answer.status] : answer.results.map(({ status }) => status);
}

/** Numbers do not say which voucher they mean: nothing is promised unless all of them are. */
function feedStatus(answer: Answer, count: number): string {
  const refused = Object.keys(answer.refused)[0];
  if (refused !== undefined) return refused;
  return answer.accepted + answer.superseded === count ? "accepted" : "unavailable";
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
