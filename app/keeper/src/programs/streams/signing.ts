import { STREAMS } from "@pinfi/sdk/streams";
import { allow, SIGNATURE_CHECKS, type SigningPolicy } from "../../engine/tx/policy";

/*
 * All that the keeper's key signs for streams, task by task. None of it costs rent, and none of it
 * names the key.
 */

export const SETTLE_SIGNING: SigningPolicy = [
  SIGNATURE_CHECKS,
  ...allow(STREAMS, { settle: {}, settle_many: {} }),
];
export const CLAIM_SIGNING: SigningPolicy = allow(STREAMS, { claim: {} });
export const CLOSE_SIGNING: SigningPolicy = allow(STREAMS, { remove_line: {} });
export const COLLECT_SIGNING: SigningPolicy = allow(STREAMS, {
  collect_fees: {},
  collect_escrow: {},
});
