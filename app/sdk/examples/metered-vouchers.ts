/**
 * A buyer pays three providers by use: a voucher after each request, signed off chain, the last of
 * which settles all of them in one transaction. `npm run examples` runs this on a cluster in the
 * same process.
 */
import { strict as assert } from "node:assert";
import { compileTransaction, signTransaction } from "../src";
import {
  addLine,
  bookAddress,
  claim,
  deposit,
  openBook,
  packSettles,
  settleOf,
  signVoucher,
  type Targets,
  type Voucher,
  verifyVoucher,
  voucherFromJson,
  voucherToJson,
} from "../src/streams";
import { startCluster } from "./cluster";

/** Which provider serves a request, and its price in base units. */
const REQUESTS = [
  { provider: 0, price: 120n },
  { provider: 2, price: 75n },
  { provider: 0, price: 80n },
  { provider: 1, price: 500n },
  { provider: 2, price: 25n },
];

export function meteredVouchers(say: (line: string) => void): void {
  const { net, mint, admin, wallet, run, book: read, tokensIn } = startCluster();
  const buyer = wallet({ seed: 31, tokens: 5_000n });
  const providers = [32, 33, 34].map((seed) => wallet({ seed, tokens: 0n }));
  const payer = buyer.publicKey;
  const book = bookAddress({ payer, mint, id: 0 });
  run(
    [
      openBook({ payer, mint, id: 0, graceSeconds: 3_600 }),
      deposit({ book, mint, funder: payer, source: buyer.tokens, amount: 5_000n }),
      ...providers.map(({ publicKey: payee }, line) =>
        addLine({ payer, book, line, payee, deposit: 1_000n, rate: 0n, controlled: false }),
      ),
    ],
    buyer,
  );
  say("A buyer opens a book with a line of 1,000 units for each of three providers.");

  // The buyer's side: totals grow with each request, and each voucher carries all of them.
  const { voucherDomain: domain } = read(book);
  const totals = [0n, 0n, 0n];
  const sent = REQUESTS.map(({ provider, price }) => {
    totals[provider] = (totals[provider] ?? 0n) + price;
    const targets: Targets = { kind: "dense", start: 0, cumulative: [...totals] };
    const voucher = signVoucher({ domain, book, targets, signer: buyer.keypair });
    return JSON.stringify(voucherToJson(voucher));
  });

  // The keeper's side: read, verify, keep the newest.
  const received = sent.map((text) => voucherFromJson(JSON.parse(text)));
  assert(received.every((voucher) => verifyVoucher({ domain, voucher })));
  const [oldest, newest] = [received.at(0), received.at(-1)];
  assert(oldest && newest);
  say(`${received.length} requests, ${received.length} vouchers over HTTP, all good.`);

  const settle = (voucher: Voucher) => {
    const settles = [settleOf({ address: book, book: read(book), voucher })];
    for (const batch of packSettles({ settles, payer: admin.publicKey, format: "v1" })) {
      const { blockhash } = net.latestBlockhash();
      const transaction = compileTransaction({ ...batch, blockhash });
      const receipt = net.send(signTransaction({ transaction, signers: [admin.keypair] }));
      assert.equal(receipt.failure, null, receipt.logs.join("\n"));
      say(`Settled ${batch.targets} targets: ${batch.bytes} bytes, ${receipt.units} units.`);
    }
    return read(book).lines.map(({ vouched }) => vouched);
  };
  assert.deepEqual(settle(newest), [200n, 500n, 100n]);
  assert.deepEqual(settle(oldest), [200n, 500n, 100n]);
  say("The newest voucher pays for all; the oldest, sent again, changes nothing.");

  run(providers.map(({ publicKey: payee }, line) => claim({ book, mint, line, payee })));
  assert.deepEqual(
    providers.map(({ tokens }) => tokensIn(tokens)),
    [198n, 495n, 99n],
  );
  const { deposited, claimed, refunded, free, committed, vault } = read(book);
  const { feesAccrued, feesCollected } = read(book);
  assert.equal(deposited, claimed + refunded + free + committed);
  assert.equal(tokensIn(vault), free + committed + feesAccrued - feesCollected);
  say("Providers claim 198, 495 and 99 (1% is the fee); every unit is accounted for.");
}
