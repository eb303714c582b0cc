/** Runs every example; the first amount that is not as stated ends it with an error. */
import { meteredVouchers } from "./metered-vouchers";
import { streamByTheSecond } from "./stream-by-the-second";

const EXAMPLES = {
  "stream-by-the-second": streamByTheSecond,
  "metered-vouchers": meteredVouchers,
};

for (const [name, example] of Object.entries(EXAMPLES)) {
  console.log(`\n${name}`);
  example((line) => console.log(`  ${line}`));
}
