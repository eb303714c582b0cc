import type { AccountMeta, TransactionInstruction } from "@solana/web3.js";
import { TransactionInstruction as Instruction, PublicKey } from "@solana/web3.js";
import { type ProgramName, readIdl } from "./programs";

/** Replaces an account by its name in the IDL: another key, or other flags. */
export type AccountChanges = Record<string, PublicKey | Partial<AccountMeta>>;

/** The instruction with some of its accounts replaced, past everything the SDK would refuse. */
export function withAccounts(
  program: ProgramName,
  instruction: TransactionInstruction,
  changes: AccountChanges,
): TransactionInstruction {
  const discriminator = [...instruction.data.subarray(0, 8)];
  const found = readIdl(program).instructions.find((one) =>
    one.discriminator.every((byte, index) => byte === discriminator[index]),
  );
  if (found === undefined) throw new Error(`no instruction of ${program} begins so`);
  const names = found.accounts.map(({ name }) => name);
  const keys = instruction.keys.map((meta) => ({ ...meta }));
  for (const [name, change] of Object.entries(changes)) {
    const meta = keys[names.indexOf(name)];
    if (meta === undefined) throw new Error(`${found.name} has no account ${name}`);
    Object.assign(meta, change instanceof PublicKey ? { pubkey: change } : change);
  }
  return new Instruction({ ...instruction, keys });
}
