/**
 * A payer streams to a payee by the second, who claims while it runs; then the payer ends it and
 * gets back the rest. `npm run examples` runs this on a cluster in the same process.
 */
import { strict as assert } from "node:assert";
import {
  addLine,
  bookAddress,
  claim,
  claimQuote,
  closeBook,
  closeLine,
  collectFees,
  depletionTime,
  deposit,
  openBook,
  removeLine,
} from "../src/streams";
import { startCluster } from "./cluster";

export function streamByTheSecond(say: (line: string) => void): void {
  const { net, mint, wallet, run, book: read, tokensIn, now } = startCluster();
  const alice = wallet({ seed: 21, tokens: 10_000n });
  const bob = wallet({ seed: 22, tokens: 0n });
  const payer = alice.publicKey;

  const book = bookAddress({ payer, mint, id: 0 });
  const line = { payer, book, line: 0, payee: bob.publicKey };
  run(
    [
      openBook({ payer, mint, id: 0, graceSeconds: 3_600 }),
      deposit({ book, mint, funder: payer, source: alice.tokens, amount: 10_000n }),
      addLine({ ...line, deposit: 6_000n, rate: 5n, controlled: false }),
    ],
    alice,
  );
  const dry = depletionTime({ line: lineOf(read(book)) });
  assert.equal(dry, now() + 1_200n);
  say("Alice puts 10,000 units into a book and streams 5 a second to Bob, 6,000 at most.");

  net.advance({ seconds: 100n });
  const state = read(book);
  const quote = claimQuote({ book: state, line: lineOf(state), now: now() });
  assert.deepEqual(quote, { gross: 500n, fee: 5n, net: 495n });
  run([claim({ book, mint, line: 0, payee: bob.publicKey })]);
  assert.equal(tokensIn(bob.tokens), quote.net);
  say("100 seconds later somebody pushes 500 to Bob: 495 and a fee of 5.");

  run([closeLine({ authority: payer, book, line: 0 })], alice);
  net.advance({ seconds: 3_600n });
  run([removeLine({ book, line: 0 }), collectFees({ book, mint })]);
  assert.equal(read(book).free, 9_500n);
  say("Alice closes the line; after the grace period the 5,500 not earned are hers again.");

  run([closeBook({ payer, book, mint, destination: alice.tokens })], alice);
  assert.equal(tokensIn(alice.tokens), 9_500n);
  assert.equal(net.account(book), null);
  say("She closes the book: 9,500 back in her wallet, 495 with Bob, 5 burned.");
}

function lineOf(book: ReturnType<ReturnType<typeof startCluster>["book"]>) {
  const [line] = book.lines;
  assert(line);
  return line;
}
