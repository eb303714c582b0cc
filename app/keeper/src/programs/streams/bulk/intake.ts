import { ndjsonPieces, type Piece } from "../../../engine/http/pieces";
import { inSlices } from "../../../engine/slices";
import type { VoucherStore } from "../store";
import { emptyAnswer, mergeRest } from "./answer";
import { type Bulk, type BulkState, startBulk } from "./bulk";
import type { BulkOptions } from "./options";
import { voucherOf } from "./parse";
import type { FeedAnswer } from "./protocol";

/** Takes feeds of vouchers, whether or not there is a bulk thread for them. */
export type BulkIntake = Pick<Bulk, "feed" | "state" | "stop">;

const NOTHING: BulkState = { unsettled: 0, waiting: 0, checked: 0, unrecorded: 0 };

/**
 * The thread starts with the first feed, or at once when an earlier run left it something. Without
 * a file of its own to store in (`home`), the ordinary intake decides on every voucher.
 */
export function createBulkIntake(
  options: Omit<BulkOptions, "path"> & { home: VoucherStore["bulk"] },
): BulkIntake {
  const { home, intake } = options;
  const begin = (path: string): Bulk => startBulk({ ...options, path });
  let bulk = home === undefined || home.isEmpty() ? undefined : begin(home.path);
  let stopping = false;

  return {
    async feed(body) {
      if (home === undefined || stopping) return withoutThread(body);
      if (bulk === undefined || bulk.isBroken()) bulk = begin(home.path);
      return bulk.feed(body);
    },
    state: () => bulk?.state() ?? NOTHING,
    async stop() {
      stopping = true;
      await bulk?.stop();
    },
  };

  async function withoutThread(body: Uint8Array): Promise<FeedAnswer> {
    const pieces: Piece[] = [];
    await inSlices(
      ndjsonPieces(Buffer.from(body.buffer, body.byteOffset, body.byteLength)),
      (piece) => {
        if (piece !== undefined) pieces.push(piece);
        return true;
      },
    );
    const results = await intake.submitMany(
      pieces.map(
        ({ text }) =>
          () =>
            voucherOf(text),
      ),
    );
    const lines = pieces.map(({ line }) => line);
    return mergeRest({ answer: emptyAnswer(), lines, results });
  }
}
