import { type AccountInfo, PublicKey, TransactionInstruction } from "@solana/web3.js";

/** One bit of a byte turned over. */
export function flip(data: Buffer, at: number, bit = 0): void {
  data.writeUInt8(data.readUInt8(at) ^ (1 << bit), at);
}

/** The key with one bit of one byte turned over; by default of the last. */
export function near(key: PublicKey, at = 31): PublicKey {
  const bytes = Buffer.from(key.toBytes());
  flip(bytes, at);
  return new PublicKey(bytes);
}

/** The account with one bit of one byte of its data turned over. */
export function flipped(account: AccountInfo<Buffer>, at: number): AccountInfo<Buffer> {
  const data = Buffer.from(account.data);
  flip(data, at);
  return { ...account, data };
}

/** The instruction with its data changed in place, or replaced by the bytes `change` returns. */
export function altered(
  instruction: TransactionInstruction | undefined,
  change: (data: Buffer) => unknown,
): TransactionInstruction {
  if (instruction === undefined) throw new Error("there is no such instruction");
  const data = Buffer.from(instruction.data);
  const replaced = change(data);
  return new TransactionInstruction({
    ...instruction,
    data: Buffer.isBuffer(replaced) ? replaced : data,
  });
}
