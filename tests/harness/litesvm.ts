import { type NamedProgram, startLocalnet } from "@pinfi/localnet";
import type { Backend } from "./backend";
import { OTHER_DIRECTORY, PAYER, UPGRADE_AUTHORITY } from "./programs";

/** Starts a LiteSVM machine: current runtime, verifies everything. */
export async function startLitesvm(programs: readonly NamedProgram[]): Promise<Backend> {
  const localnet = startLocalnet({
    programs,
    ...OTHER_DIRECTORY,
    payer: PAYER,
    upgradeAuthority: UPGRADE_AUTHORITY.publicKey,
  });
  return {
    name: "litesvm",
    verifiesSignatures: true,
    payer: PAYER,
    upgradeAuthority: UPGRADE_AUTHORITY,
    submit: async (transaction) => localnet.send(transaction),
    latestBlockhash: async () => localnet.latestBlockhash().blockhash,
    // The blockhash changes with every transaction.
    distinction: () => [],
    account: async (address) => localnet.account(address),
    setAccount: localnet.setAccount,
    clock: async () => localnet.clock(),
    advance: async (step) => localnet.advance(step),
    minimumBalance: async (bytes) => localnet.minimumBalance(bytes),
  };
}
