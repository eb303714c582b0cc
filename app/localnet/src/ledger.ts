import { createHash } from "node:crypto";
import { getBase58Decoder } from "@solana/kit";
import type { Receipt } from "./receipt";

/** Slots for which a blockhash may be used, as on a cluster. */
export const BLOCKHASH_LIFETIME_SLOTS = 150n;

/** Blockhashes that may still be used and the transactions sent under each. */
export interface Ledger {
  /** The newest blockhash. */
  latest(): { blockhash: string; lastValidSlot: bigint };
  /** Draws a new blockhash in `slot` and drops those that are too old for it. */
  draw(slot: bigint): void;
  /** Drops every blockhash and draws a new one. */
  expire(slot: bigint): void;
  /** Why a transaction may not run: its lifetime is over or it already ran. `name`: see `nameOf`. */
  refusal(blockhash: string, name: string): "BlockhashNotFound" | "AlreadyProcessed" | null;
  record(args: { blockhash: string; name: string; receipt: Receipt }): void;
  /** A transaction that ran, as long as its blockhash is remembered. */
  find(name: string): Receipt | null;
}

/** A first signature as a map's key: its bytes as text, ten times faster to make than base58. */
export const nameOf = (signature: Uint8Array): string => Buffer.from(signature).toString("latin1");

/**
 * LiteSVM knows one blockhash and remembers 32 transactions. A cluster has a window of
 * 150 slots and no replay inside it; this keeps that window. Blockhashes come from a
 * counter, so that two runs send the same bytes.
 */
export function createLedger(firstSlot: bigint): Ledger {
  const window = new Map<string, { slot: bigint; names: string[] }>();
  const receipts = new Map<string, Receipt>();
  let drawn = 0;
  let latest = { blockhash: "", lastValidSlot: 0n };

  const draw = (slot: bigint): void => {
    for (const [blockhash, entry] of window) {
      if (slot <= entry.slot + BLOCKHASH_LIFETIME_SLOTS) break;
      window.delete(blockhash);
      for (const name of entry.names) receipts.delete(name);
    }
    drawn += 1;
    const blockhash = getBase58Decoder().decode(
      createHash("sha256").update(`pinfi blockhash ${drawn}`).digest(),
    );
    latest = { blockhash, lastValidSlot: slot + BLOCKHASH_LIFETIME_SLOTS };
    window.set(blockhash, { slot, names: [] });
  };
  draw(firstSlot);

  return {
    latest: () => latest,
    draw,
    expire(slot) {
      window.clear();
      receipts.clear();
      draw(slot);
    },
    refusal(blockhash, name) {
      if (!window.has(blockhash)) return "BlockhashNotFound";
      return receipts.has(name) ? "AlreadyProcessed" : null;
    },
    record({ blockhash, name, receipt }) {
      window.get(blockhash)?.names.push(name);
      receipts.set(name, receipt);
    },
    find: (name) => receipts.get(name) ?? null,
  };
}
