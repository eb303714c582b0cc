import type { PublicKey } from "@solana/web3.js";
import type { Cluster } from "../examples/cluster";
import * as sdk from "../src/streams";

/** Lines added in one transaction. */
const AT_A_TIME = 30;

/** Opens book `id` of the admin with so many lines, all alike, their payee being the admin. */
export function openBookWith(
  { mint, admin, run }: Cluster,
  args: { id: number; lines: number; deposit?: bigint; rate?: bigint },
): PublicKey {
  const { id, lines, deposit = 10n, rate = 0n } = args;
  const payer = admin.publicKey;
  const book = sdk.bookAddress({ payer, mint, id });
  const amount = deposit * BigInt(lines);
  run([sdk.openBook({ payer, mint, id, graceSeconds: 900 })]);
  if (lines === 0) return book;
  run([sdk.deposit({ book, mint, funder: payer, source: admin.tokens, amount })]);
  const shared = { payer, book, payee: payer, deposit, rate, controlled: false };
  for (let first = 0; first < lines; first += AT_A_TIME) {
    const count = Math.min(AT_A_TIME, lines - first);
    run(Array.from({ length: count }, (_, nth) => sdk.addLine({ ...shared, line: first + nth })));
  }
  return book;
}
