import { type Program, UPGRADEABLE_LOADER_ID } from "@pinfi/sdk";
import { PublicKey } from "@solana/web3.js";
import { MigrationError, type MigrationProvider } from "../step";

/** In ProgramData: a tag u32, the slot u64, whether there is an authority u8, the authority. */
const HAS_AUTHORITY_AT = 12;
const AUTHORITY_AT = 13;

/**
 * Throws MigrationError where the wallet may not upgrade the program: `NOT_DEPLOYED`,
 * `NOT_UPGRADE_AUTHORITY`.
 */
export async function assertUpgradeAuthority(
  { connection, publicKey: wallet }: MigrationProvider,
  { id, name }: Program,
): Promise<void> {
  const seeds = [id.toBytes()];
  const [programData] = PublicKey.findProgramAddressSync(seeds, UPGRADEABLE_LOADER_ID);
  const account = await connection.getAccountInfo(programData);
  if (!account) {
    const message = `no program at ${id.toBase58()}: \`anchor deploy\` first`;
    throw new MigrationError("NOT_DEPLOYED", message);
  }
  const given = account.data[HAS_AUTHORITY_AT] === 1;
  const authority = given
    ? new PublicKey(account.data.subarray(AUTHORITY_AT, AUTHORITY_AT + 32))
    : null;
  if (authority?.equals(wallet)) return;
  const owner = authority ? `is ${authority.toBase58()}` : "was given up";
  const message = `the upgrade authority of ${name} ${owner}, the wallet is ${wallet.toBase58()}`;
  throw new MigrationError("NOT_UPGRADE_AUTHORITY", `${message}: migrate with its key`);
}
