import { type NamedProgram, startLocalnet } from "@pinfi/localnet";
import type { Backend } from "./backend";
import { PAYER, UPGRADE_AUTHORITY } from "./programs";

/** Starts a LiteSVM machine: current runtime, verifies everything. The programs are of `directory`. */
export async function startLitesvm(
  programs: readonly NamedProgram[],
  directory: string,
): Promise<Backend> {
  const localnet = startLocalnet({
    programs,
    directory,
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
