import type { RegistryEvent } from "../generated/registry/names";
import type { DecodedEvent } from "../program/events";
import { REGISTRY } from "./program";

/**
 * The events that registry itself logged in a transaction, in their order. What other programs log
 * is left out, also when it looks the same.
 */
export const decodeEvents = (logs: readonly string[]): DecodedEvent<RegistryEvent>[] =>
  REGISTRY.decodeEvents(logs);
