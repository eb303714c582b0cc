import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { PublicKey } from "@solana/web3.js";

export const USAGE = `npm run cluster -- [--port 8899] [--folder target/cluster] [--fresh] [--fund ADDRESS]...

  --port    JSON-RPC over HTTP; WebSocket is one port higher
  --folder  the chain, its keys and its migrations' configuration; a second start goes on there
  --fresh   forgets the chain in the folder
  --fund    gives this address 100 SOL and 1,000,000 test dollars; may be repeated`;

/** Refused arguments: the message says which, and what they may be. */
export class UsageError extends Error {}

/** What `npm run cluster` was asked for. */
export interface Options {
  port: number;
  folder: string;
  fresh: boolean;
  fund: PublicKey[];
}

/** Reads command line arguments. Throws {@link UsageError}. */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_534) {
    throw new UsageError(`--port must be a whole number from 1 to 65534, not "${values.port}"`);
  }
  const fund = values.fund.map((text) => {
    try {
      return new PublicKey(text);
    } catch {
      throw new UsageError(`--fund must be an address in base58, not "${text}"`);
    }
  });
  return { port, folder: resolve(values.folder), fresh: values.fresh, fund };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: "8899" },
        folder: { type: "string", default: "target/cluster" },
        fresh: { type: "boolean", default: false },
        fund: { type: "string", multiple: true, default: [] },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
