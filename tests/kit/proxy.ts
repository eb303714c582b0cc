import { fixedKeypair, upgradeableProgramAccounts } from "@pinfi/localnet";
import { type PublicKey, TransactionInstruction } from "@solana/web3.js";
import { idleProgram, proxyProgram } from "../harness/proxy-program";
import type { World } from "../harness/world";

/** Where the attacker's program is. */
export const PROXY: PublicKey = fixedKeypair(92).publicKey;

/** Puts a program of the attacker's on the chain; by default the one that passes calls on. */
export function deployProxy(
  world: World,
  {
    address = PROXY,
    elf = proxyProgram(),
    upgradeAuthority = null,
  }: { address?: PublicKey; elf?: Buffer; upgradeAuthority?: PublicKey | null } = {},
): void {
  const parts = upgradeableProgramAccounts({
    address,
    elf,
    upgradeAuthority,
    minimumBalance: () => 1_000_000_000n,
  });
  for (const part of parts) world.setAccount(part.address, part.account);
}

/** The instruction, which names two accounts, as the attacker's program would call it. */
export function proxied({ programId, keys, data }: TransactionInstruction): TransactionInstruction {
  const program = { pubkey: programId, isSigner: false, isWritable: false };
  return new TransactionInstruction({ programId: PROXY, keys: [program, ...keys], data });
}

/** Puts a program there that does nothing, and succeeds. */
export const deployIdle = (world: World, address: PublicKey): void =>
  deployProxy(world, { address, elf: idleProgram() });
