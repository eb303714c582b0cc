import type { Idl } from "@pinfi/sdk";
import type { AccountInfo, PublicKey, TransactionInstruction } from "@solana/web3.js";
import { send } from "../send";
import { type MigrationContext, MigrationError, type StepWork } from "../step";
import { assertUpgradeAuthority } from "./upgrade-authority";

/** A program with one authority, which its upgrade authority appoints and which hands itself on. */
export interface GovernedProgram {
  idl: Idl;
  configAddress(): PublicKey;
  decodeConfig(account: AccountInfo<Buffer>): { authority: PublicKey; nominated: PublicKey | null };
  initialize(keys: {
    payer: PublicKey;
    upgradeAuthority: PublicKey;
    authority: PublicKey;
  }): TransactionInstruction;
  nominateAuthority(keys: { authority: PublicKey; nominee: PublicKey }): TransactionInstruction;
}

/** Creates a program's `Config`, with the wallet as authority until {@link handOverAuthority}. */
export function initializeProgram(program: GovernedProgram): StepWork {
  const { idl, configAddress, initialize } = program;
  const { name } = idl.metadata;
  return {
    name: `initialize-${name}`,
    summary: `create the Config account of ${name}`,

    async isDone({ provider }) {
      return (await provider.connection.getAccountInfo(configAddress())) !== null;
    },

    async run({ provider }) {
      const { publicKey: payer } = provider;
      await assertUpgradeAuthority(provider, idl);
      const instruction = initialize({ payer, upgradeAuthority: payer, authority: payer });
      await send(provider, [instruction]);
    },
  };
}

/** Nominates the configured authority, which must then accept with its own key. */
export function handOverAuthority(program: GovernedProgram): StepWork {
  const { idl, configAddress, decodeConfig, nominateAuthority } = program;
  const { name } = idl.metadata;
  const current = async ({ provider }: MigrationContext) => {
    const account = await provider.connection.getAccountInfo(configAddress());
    return account && decodeConfig(account);
  };
  return {
    name: `hand-over-${name}`,
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
