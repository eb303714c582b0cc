import { PublicKey } from "@solana/web3.js";
import type { MigratedProgram } from "../programs";
import { send } from "../send";
import { type MigrationContext, MigrationError, type StepWork } from "../step";
import { assertUpgradeAuthority } from "./upgrade-authority";

/** Creates a program's `Config`, with the wallet as authority until {@link handOverAuthority}. */
export function initializeProgram({ program, authority }: Required<MigratedProgram>): StepWork {
  const { name } = program;
  const { configAddress, initialize } = authority;
  return {
    name: `initialize-${name}`,
    summary: `create the Config account of ${name}`,

    async isDone({ provider }) {
      const account = await provider.connection.getAccountInfo(configAddress());
      // Lamports that somebody sent to the address make no configuration.
      return account?.owner.equals(program.id) ?? false;
    },

    async run({ provider }) {
      const { publicKey: payer } = provider;
      await assertUpgradeAuthority(provider, program);
      const instruction = initialize({ payer, upgradeAuthority: payer, authority: payer });
      await send(provider, [instruction]);
    },
  };
}

/**
 * Nominates the configured authority, which must then accept with its own key. Where none is configured
 * the wallet keeps the authority, and a nomination that it has made is taken back.
 */
export function handOverAuthority({ program, authority }: Required<MigratedProgram>): StepWork {
  const { name } = program;
  const { configAddress, decodeConfig, nominateAuthority } = authority;
  const current = async ({ provider }: MigrationContext) => {
    const account = await provider.connection.getAccountInfo(configAddress());
    return account?.owner.equals(program.id) ? decodeConfig(account) : null;
  };
  return {
    name: `hand-over-${name}`,
    summary: `nominate the configured authority of ${name}, which then accepts`,

    async isDone(context) {
      const { authority: wanted } = context.config;
      const state = await current(context);
      // The wallet keeps it: then nobody else may be about to take it over.
      if (!wanted) return !(state?.nominated && state.authority.equals(context.provider.publicKey));
      return Boolean(state?.authority.equals(wanted) || state?.nominated?.equals(wanted));
    },

    async run(context) {
      const { provider, config } = context;
      const state = await current(context);
      const { publicKey: wallet } = provider;
      if (!state?.authority.equals(wallet)) {
        const message = `the authority of ${name} is not ${wallet.toBase58()}`;
        throw new MigrationError(
          "NOT_AUTHORITY",
          `${message}: migrate with the key of the authority`,
        );
      }
      const nominee = config.authority ?? PublicKey.default;
      await send(provider, [nominateAuthority({ authority: wallet, nominee })]);
    },
  };
}
