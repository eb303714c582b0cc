import type { Keypair } from "@solana/web3.js";
import type { Chain } from "../../src";
import { changedChain, type Running, startOn } from "./running";
import { createWorld, type OpenBook, type World } from "./world";

const FUNDS = 10_000_000_000n;

/** For use in a `describe`: before each test a fresh world, after it every keeper stopped; and short verbs. */
export function keepersOnWorlds() {
  let world: World;
  const running: Running[] = [];
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(async () => {
    for (const keeper of running.splice(0)) await keeper.end();
  });

  const lines = (open: OpenBook) => world.book(open.address).lines;
  return {
    get world() {
      return world;
    },
    async start(args: Parameters<typeof startOn>[1] = {}): Promise<Running> {
      const keeper = await startOn(world, args);
      running.push(keeper);
      return keeper;
    },
    chainWith: (replace: (original: Chain) => Partial<Chain>): Chain =>
      changedChain(world, replace),
    vouched: (open: OpenBook) => lines(open).map((line) => line.vouched),
    claimed: (open: OpenBook) => lines(open).map((line) => line.claimed),
    payee: (open: OpenBook, line = 0) => open.payees[line] as Keypair,
    settle: (keeper: Running) => keeper.runOnce({ tasks: ["settle-books"] }),
    claim: (keeper: Running) => keeper.runOnce({ tasks: ["claim-due"] }),
    /** Lamports that the keeper has spent. */
    paid: (keeper: Running) => FUNDS - world.localnet.balance(keeper.payer.publicKey),
  };
}
