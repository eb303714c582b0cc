import { configAddress, decodeConfig, nominateAuthority } from "@pinfi/sdk";
import { send } from "../send";
import { type MigrationContext, MigrationError, type Step } from "../step";

async function current({ provider }: MigrationContext) {
  const account = await provider.connection.getAccountInfo(configAddress());
  return account && decodeConfig(account);
}

/** Nominates the configured authority, which must then accept with its own key. */
export const handOverAuthority: Step = {
  id: "003-hand-over-authority",
  summary: "nominate the configured authority, which then accepts",

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
      const message = `the authority of streams is not ${authority.toBase58()}`;
      throw new MigrationError(
        "NOT_AUTHORITY",
        `${message}: migrate with the key of the authority`,
      );
    }
    if (!config.authority) return;
    const instruction = nominateAuthority({ authority, nominee: config.authority });
    await send(provider, [instruction]);
  },
};
