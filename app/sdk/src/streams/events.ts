import type { StreamsEvent } from "../generated/streams/names";
import type { DecodedEvent } from "../program/events";
import { STREAMS } from "./program";

/**
 * The events that streams itself logged in a transaction, in their order. What other programs log
 * is left out, also when it looks the same. `settle` logs none: its instruction is the record.
 */
export const decodeEvents = (logs: readonly string[]): DecodedEvent<StreamsEvent>[] =>
  STREAMS.decodeEvents(logs);
