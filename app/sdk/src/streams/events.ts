import { decodeFields, Reader } from "../codec/decode";
import { typeNamed } from "../codec/encode";
import { STREAMS_IDL, type StreamsEvent } from "../generated/streams/names";
import { STREAMS_PROGRAM_ID } from "./program";

/** An event of streams: `fields` by camelCase name, integers of 64 bits as bigint. */
export interface DecodedEvent {
  name: StreamsEvent;
  fields: Record<string, unknown>;
}

const DATA = "Program data: ";
const INVOKE = /^Program (\w+) invoke \[\d+\]$/;
const LEFT = /^Program \w+ (success|failed)/;

function decodeEvent(data: Uint8Array): DecodedEvent | null {
  const found = STREAMS_IDL.events?.find(({ discriminator }) =>
    discriminator.every((byte, index) => data[index] === byte),
  );
  const type = found && typeNamed(STREAMS_IDL, found.name);
  if (type?.kind !== "struct") return null;
  const fields = decodeFields(STREAMS_IDL, type.fields ?? [], new Reader(data, 8));
  return { name: found?.name as StreamsEvent, fields };
}

/**
 * The events that streams itself logged in a transaction, in their order. What other programs log
 * is left out, also when it looks the same. `settle` logs none: its instruction is the record.
 */
export function decodeEvents(logs: readonly string[]): DecodedEvent[] {
  const running: string[] = [];
  const events: DecodedEvent[] = [];
  for (const line of logs) {
    const [, program] = INVOKE.exec(line) ?? [];
    if (program) running.push(program);
    else if (LEFT.test(line)) running.pop();
    else if (line.startsWith(DATA) && running.at(-1) === STREAMS_PROGRAM_ID.toBase58()) {
      const event = decodeEvent(Buffer.from(line.slice(DATA.length), "base64"));
      if (event) events.push(event);
    }
  }
  return events;
}
