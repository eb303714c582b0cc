/** Instructions for clients that do not speak web3.js 1.x. Each brings its own address type. */
import type { TransactionInstruction } from "@solana/web3.js";
import { checkArguments, func } from "./arguments";
import { anyInstruction } from "./tx/accounts";

/** An instruction as `@metaplex-foundation/umi` takes it. */
export interface UmiInstruction<Key> {
  programId: Key;
  keys: { pubkey: Key; isSigner: boolean; isWritable: boolean }[];
  data: Uint8Array;
}

/** An instruction as `@solana/kit` takes it; a role is 1 for writable plus 2 for signer. */
export interface KitInstruction<Key> {
  programAddress: Key;
  accounts: { address: Key; role: 0 | 1 | 2 | 3 }[];
  data: Uint8Array;
}

/** For Umi. `publicKey` is Umi's function of that name. */
export function toUmiInstruction<Key>(args: {
  instruction: TransactionInstruction;
  publicKey: (base58: string) => Key;
}): UmiInstruction<Key> {
  checkArguments("toUmiInstruction", { instruction: anyInstruction, publicKey: func }, args);
  const { instruction, publicKey } = args;
  return {
    programId: publicKey(instruction.programId.toBase58()),
    keys: instruction.keys.map(({ pubkey, isSigner, isWritable }) => ({
      pubkey: publicKey(pubkey.toBase58()),
      isSigner,
      isWritable,
    })),
    data: Uint8Array.from(instruction.data),
  };
}

/** For Kit. `address` is Kit's function of that name. */
export function toKitInstruction<Key>(args: {
  instruction: TransactionInstruction;
  address: (base58: string) => Key;
}): KitInstruction<Key> {
  checkArguments("toKitInstruction", { instruction: anyInstruction, address: func }, args);
  const { instruction, address } = args;
  return {
    programAddress: address(instruction.programId.toBase58()),
    accounts: instruction.keys.map(({ pubkey, isSigner, isWritable }) => ({
      address: address(pubkey.toBase58()),
      role: ((isWritable ? 1 : 0) + (isSigner ? 2 : 0)) as 0 | 1 | 2 | 3,
    })),
    data: Uint8Array.from(instruction.data),
  };
}
