import { configAddress, initialize, programDataAddress, STREAMS_PROGRAM_ID } from "@pinfi/sdk";
import { PublicKey } from "@solana/web3.js";
import { send } from "../send";
import { MigrationError, type MigrationProvider, type Step } from "../step";

/** In ProgramData: a tag u32, the slot u64, whether there is an authority u8, the authority. */
const HAS_AUTHORITY_AT = 12;
const AUTHORITY_AT = 13;

async function upgradeAuthority({ connection }: MigrationProvider): Promise<PublicKey | null> {
  const account = await connection.getAccountInfo(programDataAddress());
  if (!account) {
    const program = STREAMS_PROGRAM_ID.toBase58();
    throw new MigrationError("NOT_DEPLOYED", `no program at ${program}: \`anchor deploy\` first`);
  }
  if (account.data[HAS_AUTHORITY_AT] !== 1) return null;
  return new PublicKey(account.data.subarray(AUTHORITY_AT, AUTHORITY_AT + 32));
}

/** Creates `Config`, with the wallet as authority until 003 hands it over. */
export const initializeStreams: Step = {
  id: "001-initialize-streams",
  summary: "create the Config account of streams",

  async isDone({ provider }) {
    return (await provider.connection.getAccountInfo(configAddress())) !== null;
  },

  async run({ provider }) {
    const { publicKey: payer } = provider;
    const authority = await upgradeAuthority(provider);
    if (!authority?.equals(payer)) {
      const owner = authority ? `is ${authority.toBase58()}` : "was given up";
      const message = `the upgrade authority of streams ${owner}, the wallet is ${payer.toBase58()}`;
      throw new MigrationError("NOT_UPGRADE_AUTHORITY", `${message}: migrate with its key`);
    }
    const instruction = initialize({ payer, upgradeAuthority: payer, authority: payer });
    await send(provider, [instruction]);
  },
};
