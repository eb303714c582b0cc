import { type AccountInfo, PublicKey } from "@solana/web3.js";

/** The loader that owns programs which can be upgraded. */
export const UPGRADEABLE_LOADER = new PublicKey("BPFLoaderUpgradeab1e11111111111111111111111");

/** ProgramData begins with: tag u32, slot u64, authority Option<Pubkey>; then the ELF. */
export const PROGRAM_DATA_HEADER_BYTES = 45;

const PROGRAM_TAG = 2;
const PROGRAM_DATA_TAG = 3;

/** An account and where it lives. */
export interface AddressedAccount {
  address: PublicKey;
  account: AccountInfo<Buffer>;
}

/** Address of the account that holds a program's bytes and upgrade authority. */
export function programDataAddressOf(program: PublicKey): PublicKey {
  return PublicKey.findProgramAddressSync([program.toBytes()], UPGRADEABLE_LOADER)[0];
}

/**
 * The two accounts a deployed program consists of. ProgramData comes first, since a
 * simulator that loads the program at once looks for it.
 */
export function upgradeableProgramAccounts({
  address,
  elf,
  upgradeAuthority,
  minimumBalance,
}: {
  address: PublicKey;
  elf: Uint8Array;
  /** `null`: the program is final. */
  upgradeAuthority: PublicKey | null;
  /** Lamports that exempt an account of so many bytes from rent. */
  minimumBalance: (bytes: number) => bigint;
}): [programData: AddressedAccount, program: AddressedAccount] {
  const programData = programDataAddressOf(address);

  const header = Buffer.alloc(PROGRAM_DATA_HEADER_BYTES);
  header.writeUInt32LE(PROGRAM_DATA_TAG, 0);
  if (upgradeAuthority !== null) {
    header.writeUInt8(1, 12);
    header.set(upgradeAuthority.toBytes(), 13);
  }

  const pointer = Buffer.alloc(36);
  pointer.writeUInt32LE(PROGRAM_TAG, 0);
  pointer.set(programData.toBytes(), 4);

  const account = (data: Buffer, executable: boolean): AccountInfo<Buffer> => ({
    data,
    executable,
    lamports: Number(minimumBalance(data.length)),
    owner: UPGRADEABLE_LOADER,
    rentEpoch: 0,
  });
  return [
    { address: programData, account: account(Buffer.concat([header, elf]), false) },
    { address, account: account(pointer, true) },
  ];
}
