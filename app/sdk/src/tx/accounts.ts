import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { boolean, bytes, having, list, publicKey } from "../arguments";
import { TransactionError } from "../failure";
import { MAX_ACCOUNTS, MAX_INSTRUCTIONS, MAX_SIGNATURES } from "./limits";

/** An account of an instruction, as web3.js has it. */
export const accountMeta = having({ pubkey: publicKey, isSigner: boolean, isWritable: boolean });

/** An instruction of any program, as web3.js has it. */
export const anyInstruction = having({
  programId: publicKey,
  keys: list(accountMeta),
  data: bytes(),
});

/** The accounts of a message in wire order, and what its header says about them. */
export interface AccountTable {
  keys: PublicKey[];
  signers: number;
  readonlySigners: number;
  readonlyUnsigned: number;
  /** Position of a key in `keys`. */
  indexOf: (key: PublicKey) => number;
}

interface Role {
  key: PublicKey;
  signer: boolean;
  writable: boolean;
}

/** A key as a map's key: its bytes as text, ten times faster to make than base58. */
export const textOf = (key: PublicKey): string => Buffer.from(key.toBytes()).toString("latin1");

/**
 * Each account once, with the strongest role it has anywhere: fee payer, writable signers, read-only
 * signers, writable, read-only; within a group in order of appearance.
 * Throws {@link TransactionError} beyond the limits on accounts, signatures and instructions.
 */
export function accountTable(args: {
  payer: PublicKey;
  instructions: readonly TransactionInstruction[];
}): AccountTable {
  const { payer, instructions } = args;
  const roles = new Map<string, Role>();
  const note = (key: PublicKey, signer: boolean, writable: boolean) => {
    const text = textOf(key);
    const known = roles.get(text);
    if (!known) roles.set(text, { key, signer, writable });
    else {
      known.signer ||= signer;
      known.writable ||= writable;
    }
  };
  note(payer, true, true);
  for (const { programId, keys } of instructions) {
    note(programId, false, false);
    for (const { pubkey, isSigner, isWritable } of keys) note(pubkey, isSigner, isWritable);
  }

  const group = (signer: boolean, writable: boolean) =>
    [...roles.values()].filter((role) => role.signer === signer && role.writable === writable);
  const groups = [group(true, true), group(true, false), group(false, true), group(false, false)];
  const ordered = groups.flat();
  const [writableSigners, readonlySigners, , readonlyUnsigned] = groups.map(({ length }) => length);
  const signers = (writableSigners ?? 0) + (readonlySigners ?? 0);
  limit("TOO_MANY_ACCOUNTS", "accounts", ordered.length, MAX_ACCOUNTS);
  limit("TOO_MANY_SIGNERS", "signatures", signers, MAX_SIGNATURES);
  limit("TOO_MANY_INSTRUCTIONS", "instructions", instructions.length, MAX_INSTRUCTIONS);
  const positions = new Map(ordered.map(({ key }, index) => [textOf(key), index]));
  return {
    keys: ordered.map(({ key }) => key),
    signers,
    readonlySigners: readonlySigners ?? 0,
    readonlyUnsigned: readonlyUnsigned ?? 0,
    indexOf: (key) => positions.get(textOf(key)) as number,
  };
}

function limit(code: TransactionError["code"], what: string, count: number, most: number): void {
  if (count <= most) return;
  const message = `a transaction takes ${most} ${what}, this one has ${count}: send it in parts`;
  throw new TransactionError(code, message);
}
