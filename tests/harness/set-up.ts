import { UPGRADEABLE_LOADER } from "@pinfi/localnet";
import type { AccountInfo, PublicKey } from "@solana/web3.js";
import { OTHER_DIRECTORY } from "./programs";
import type { World } from "./world";

/** What a set-up gave back, and the accounts that it left. */
interface Finished {
  result: unknown;
  accounts: readonly [PublicKey, AccountInfo<Buffer>][];
}

const finished = new Map<string, Finished>();

/** Of accounts that every world has by itself. */
const SYSVARS = "Sysvar1111111111111111111111111111111111111";

/**
 * Sets a new world up, once in this process for everything that `setUp` depends on: to the worlds
 * after it the accounts are given that it left behind. On bankrun each world is set up anew, for
 * there slots go on from world to world; so is each where programs change under the tests.
 *
 * @throws Error if `setUp` moves the clock, which is no account
 */
export async function setUpOnce<T>(args: {
  world: World;
  /** Tells this set-up from every other one. */
  what: unknown;
  setUp(): Promise<T>;
}): Promise<T> {
  const { world, what, setUp } = args;
  if (world.backend === "bankrun" || OTHER_DIRECTORY !== undefined) return setUp();
  const name = JSON.stringify(what, (_, value) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
  const before = finished.get(name);
  if (before !== undefined) {
    for (const [address, account] of before.accounts) world.setAccount(address, account);
    return before.result as T;
  }
  const { unixTimestamp, slot } = await world.clock();
  const result = await setUp();
  const now = await world.clock();
  if (now.unixTimestamp !== unixTimestamp || now.slot !== slot)
    throw new Error("a set-up that moves the clock cannot be done once for all worlds");
  finished.set(name, { result, accounts: await accountsLeft(world) });
  return result;
}

/** Everything that was written in a world, programs and sysvars apart. */
async function accountsLeft(world: World): Promise<Finished["accounts"]> {
  const left: [PublicKey, AccountInfo<Buffer>][] = [];
  for (const address of world.named()) {
    const account = await world.account(address);
    if (account === null || account.executable || account.owner.equals(UPGRADEABLE_LOADER))
      continue;
    if (account.owner.toBase58() !== SYSVARS) left.push([address, account]);
  }
  return left;
}
