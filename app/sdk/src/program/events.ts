import type { PublicKey } from "@solana/web3.js";
import { decodeFields, Reader } from "../codec/decode";
import { typeNamed } from "../codec/encode";
import type { Idl } from "../idl";

/** An event of a program: `fields` by camelCase name, integers of 64 bits as bigint. */
export interface DecodedEvent<Event extends string = string> {
  name: Event;
  fields: Record<string, unknown>;
}

const DATA = "Program data: ";
const INVOKE = /^Program (\w+) invoke \[\d+\]$/;
const LEFT = /^Program \w+ (success|failed)/;

function decodeEvent<Event extends string>(idl: Idl, data: Uint8Array): DecodedEvent<Event> | null {
  const found = idl.events?.find(({ discriminator }) =>
    discriminator.every((byte, index) => data[index] === byte),
  );
  const type = found && typeNamed(idl, found.name);
  if (type?.kind !== "struct") return null;
  const fields = decodeFields(idl, type.fields ?? [], new Reader(data, 8));
  return { name: found?.name as Event, fields };
}

/**
 * The events that one program itself logged in a transaction, in their order. What other programs
 * log is left out, also when it looks the same.
 */
export function decodeEvents<Event extends string>(args: {
  idl: Idl;
  id: PublicKey;
  logs: readonly string[];
}): DecodedEvent<Event>[] {
  const program = args.id.toBase58();
  const running: string[] = [];
  const events: DecodedEvent<Event>[] = [];
  for (const line of args.logs) {
    const [, invoked] = INVOKE.exec(line) ?? [];
    if (invoked) running.push(invoked);
    else if (LEFT.test(line)) running.pop();
    else if (line.startsWith(DATA) && running.at(-1) === program) {
      const event = decodeEvent<Event>(args.idl, Buffer.from(line.slice(DATA.length), "base64"));
      if (event) events.push(event);
    }
  }
  return events;
}
