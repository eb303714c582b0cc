import { createSyncNativeInstruction, MintLayout, NATIVE_MINT } from "@solana/spl-token";
import { type PublicKey, SystemProgram } from "@solana/web3.js";
import type { TestMint } from "../harness/tokens";
import type { Scenario } from "./scenario";

/** Puts a mint of wrapped SOL where the token program has its own. */
export async function placeNativeMint(
  { world, mint }: Scenario,
  { address, tokenProgram } = { address: NATIVE_MINT, tokenProgram: mint.tokenProgram },
): Promise<TestMint> {
  const data = Buffer.alloc(MintLayout.span);
  data.writeUInt8(9, 44); // decimals
  data.writeUInt8(1, 45); // initialised
  const lamports = Number(await world.minimumBalance(data.length));
  const account = { data, lamports, owner: tokenProgram, executable: false, rentEpoch: 0 };
  world.setAccount(address, account);
  return { ...mint, address, tokenProgram, decimals: 9 };
}

/** Sends lamports to an account of wrapped SOL, which become tokens. */
export const wrap = ({ world, send }: Scenario, to: PublicKey, amount: bigint) =>
  send([
    SystemProgram.transfer({ fromPubkey: world.payer.publicKey, toPubkey: to, lamports: amount }),
    createSyncNativeInstruction(to),
  ]);
