// A keeper in a process of its own, to be killed: `node -r tsx/cjs intake-child.ts STORE_URL`.
// Writes one line of JSON once it listens: where, and what a poster needs to sign vouchers.
import { startOn } from "./running";
import { createWorld } from "./world";

const LINES = 20;

async function main(): Promise<void> {
  const world = createWorld();
  const open = world.openBook({ lines: LINES, payeeAccounts: false });
  const keeper = await startOn(world, { storeUrl: process.argv[2] ?? "" });
  const ready = {
    url: keeper.intakeUrl,
    book: open.address.toBase58(),
    domain: [...world.book(open.address).voucherDomain],
    secretKey: [...open.payer.secretKey],
    lines: LINES,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
