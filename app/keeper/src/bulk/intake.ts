import { unpackVoucher, voucherToJson } from "@pinfi/sdk";
import type { Store } from "../store/store";
import { emptyAnswer, mergeRest } from "./answer";
import { type Bulk, type BulkOptions, type BulkState, startBulk } from "./bulk";
import { parseFeed } from "./parse";
import type { FeedAnswer } from "./protocol";

/** Takes feeds of vouchers, whether or not there is a bulk thread for them. */
export type BulkIntake = Pick<Bulk, "feed" | "state" | "stop">;

const NOTHING: BulkState = { held: 0, waiting: 0, checked: 0, unrecorded: 0 };

/**
 * The thread starts with the first feed, or at once when an earlier run left it something. Without
 * a file of its own to store in (`home`), the ordinary intake decides on every voucher.
 */
export function createBulkIntake(
  options: Omit<BulkOptions, "path"> & { home: Store["bulk"] },
): BulkIntake {
  const { home, intake } = options;
  const begin = (path: string): Bulk => startBulk({ ...options, path });
  let bulk = home === undefined || home.isEmpty() ? undefined : begin(home.path);
  let stopping = false;

  return {
    async feed(body) {
      if (home === undefined || stopping) return withoutThread(body, options);
      if (bulk === undefined || bulk.isBroken()) bulk = begin(home.path);
      return bulk.feed(body);
    },
    state: () => bulk?.state() ?? NOTHING,
    async stop() {
      stopping = true;
      await bulk?.stop();
    },
  };

  async function withoutThread(
    body: Uint8Array,
    { config }: Pick<BulkOptions, "config">,
  ): Promise<FeedAnswer> {
    const answer = emptyAnswer();
    const rest: { line: number; json: unknown }[] = [];
    const refuse = (line: number, code: string, message: string): void => {
      answer.refused[code] = (answer.refused[code] ?? 0) + 1;
      answer.refusals.push({ line, code, message });
    };
    for (const [index, each] of parseFeed(body).entries()) {
      if (index >= config.intake.batchLimit) refuse(each.line, "BatchTooLarge", "too many");
      else if ("malformed" in each) refuse(each.line, "MalformedVoucher", each.malformed);
      else rest.push({ line: each.line, json: voucherToJson(unpackVoucher(each.bytes)) });
    }
    const outcomes = await intake.submitMany(rest.map(({ json }) => json));
    return mergeRest({ answer, rest, outcomes });
  }
}
