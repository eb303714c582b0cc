import { fixedKeypair, upgradeableProgramAccounts } from "@pinfi/localnet";
import { type PublicKey, TransactionInstruction } from "@solana/web3.js";
import { proxyProgram } from "../../harness/proxy-program";
import type { World } from "../../harness/world";

/** Where the attacker's program is. */
export const PROXY: PublicKey = fixedKeypair(92).publicKey;

/** Puts the attacker's program on the chain. */
export function deployProxy(world: World): void {
  const parts = upgradeableProgramAccounts({
    address: PROXY,
    elf: proxyProgram(),
    upgradeAuthority: null,
    minimumBalance: () => 1_000_000_000n,
  });
  for (const { address, account } of parts) world.setAccount(address, account);
}

/** The instruction, which names two accounts, as the attacker's program would call it. */
export function proxied({ programId, keys, data }: TransactionInstruction): TransactionInstruction {
  const program = { pubkey: programId, isSigner: false, isWritable: false };
  return new TransactionInstruction({ programId: PROXY, keys: [program, ...keys], data });
}
