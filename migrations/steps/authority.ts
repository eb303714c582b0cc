import { UPGRADEABLE_LOADER_ID } from "@pinfi/sdk";
import { type AccountInfo, PublicKey, type TransactionInstruction } from "@solana/web3.js";
import { send } from "../send";
import { type MigrationContext, MigrationError, type MigrationProvider, type Step } from "../step";

/** A program with one authority, which its upgrade authority appoints and which hands itself on. */
export interface GovernedProgram {
  name: string;
  id: PublicKey;
  configAddress(): PublicKey;
  decodeConfig(account: AccountInfo<Buffer>): { authority: PublicKey; nominated: PublicKey | null };
  initialize(keys: {
    payer: PublicKey;
    upgradeAuthority: PublicKey;
    authority: PublicKey;
  }): TransactionInstruction;
  nominateAuthority(keys: { authority: PublicKey; nominee: PublicKey }): TransactionInstruction;
}

/** In ProgramData: a tag u32, the slot u64, whether there is an authority u8, the authority. */
const HAS_AUTHORITY_AT = 12;
const AUTHORITY_AT = 13;

async function upgradeAuthority(
  { connection }: MigrationProvider,
  program: PublicKey,
): Promise<PublicKey | null> {
  const seeds = [program.toBytes()];
  const [address] = PublicKey.findProgramAddressSync(seeds, UPGRADEABLE_LOADER_ID);
  const account = await connection.getAccountInfo(address);
  if (!account) {
    const message = `no program at ${program.toBase58()}: \`anchor deploy\` first`;
    throw new MigrationError("NOT_DEPLOYED", message);
  }
  if (account.data[HAS_AUTHORITY_AT] !== 1) return null;
  return new PublicKey(account.data.subarray(AUTHORITY_AT, AUTHORITY_AT + 32));
}

/** Creates a program's `Config`, with the wallet as authority until {@link handOverAuthority}. */
export function initializeProgram(number: string, program: GovernedProgram): Step {
  const { name, id, configAddress, initialize } = program;
  return {
    id: `${number}-initialize-${name}`,
    summary: `create the Config account of ${name}`,

    async isDone({ provider }) {
      return (await provider.connection.getAccountInfo(configAddress())) !== null;
    },

    async run({ provider }) {
      const { publicKey: payer } = provider;
      const authority = await upgradeAuthority(provider, id);
      if (!authority?.equals(payer)) {
        const owner = authority ? `is ${authority.toBase58()}` : "was given up";
        const message = `the upgrade authority of ${name} ${owner}, the wallet is ${payer.toBase58()}`;
        throw new MigrationError("NOT_UPGRADE_AUTHORITY", `${message}: migrate with its key`);
      }
      const instruction = initialize({ payer, upgradeAuthority: payer, authority: payer });
      await send(provider, [instruction]);
    },
  };
}

/** Nominates the configured authority, which must then accept with its own key. */
export function handOverAuthority(number: string, program: GovernedProgram): Step {
  const { name, configAddress, decodeConfig, nominateAuthority } = program;
  const current = async ({ provider }: MigrationContext) => {
    const account = await provider.connection.getAccountInfo(configAddress());
    return account && decodeConfig(account);
  };
  return {
    id: `${number}-hand-over-${name}`,
    summary: `nominate the configured authority of ${name}, which then accepts`,

    async isDone(context) {
      const { authority: wanted } = context.config;
      if (!wanted) return true;
      const state = await current(context);
      return Boolean(state?.authority.equals(wanted) || state?.nominated?.equals(wanted));
    },

    async run(context) {
      const { provider, config } = context;
      const state = await current(context);
      const { publicKey: authority } = provider;
      if (!state?.authority.equals(authority)) {
        const message = `the authority of ${name} is not ${authority.toBase58()}`;
        throw new MigrationError(
          "NOT_AUTHORITY",
          `${message}: migrate with the key of the authority`,
        );
      }
      if (!config.authority) return;
      await send(provider, [nominateAuthority({ authority, nominee: config.authority })]);
    },
  };
}
