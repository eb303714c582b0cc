import * as sdk from "@pinfi/sdk/streams";
import { describeSigned, type StartWorld } from "../harness/describe";
import { itRefusesSubstitutions, NOTHING_THERE, type Prepared } from "../kit/substitutions";
import { assertConserved } from "./conservation";
import { otherBook, otherMint } from "./forge";
import { CALLS, type Call } from "./honest-calls";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

/** What passes although an account was replaced, and why that is right. */
const ACCEPTED: Record<string, string> = {
  "initialize.payer: another signer": "anybody may pay the rent",
  "set_mint_policy.payer: another signer": "anybody may pay the rent",
  "set_mint_policy.treasury: another instance": "the authority names any account of the mint",
  "reserve_lines.book: another instance": "the payer's own other book",
  "add_line.book: another instance": "the payer's own other book",
  "set_voucher_signer.book: another instance": "the payer's own other book",
};

/** A second mint with its policy, and a second book, of which the caller might be the owner. */
async function begin(
  start: StartWorld,
  { stage = "funded", prepare }: Call,
): Promise<Prepared<Scenario>> {
  const bench = await startScenario(start, { stage, feeBps: 100 });
  const { strangerTokens } = bench;
  const tokens = {
    source: strangerTokens,
    destination: strangerTokens,
    treasury: strangerTokens,
  };
  const anotherType = (policy: sdk.Voucher["book"]) => (name: string) =>
    name === "config" ? policy : sdk.configAddress();
  if (stage === "deployed") {
    const none = { book: NOTHING_THERE, vault: NOTHING_THERE, policy: NOTHING_THERE };
    const mint = KEYS.mint.publicKey;
    const others = { ...tokens, ...none, mint };
    return { bench, others, otherMint: mint, anotherType: anotherType(NOTHING_THERE) };
  }
  const { mint, policy } = await otherMint(bench);
  const others = { ...tokens, ...(await otherBook(bench)), mint: mint.address, policy };
  await prepare?.(bench);
  return { bench, others, otherMint: mint.address, anotherType: anotherType(policy) };
}

describeSigned(
  "streams / every account of every instruction, replaced (A01-A12, A18, A19, A24, A34)",
  (start) =>
    itRefusesSubstitutions<Scenario, Call>({
      program: "streams",
      calls: CALLS,
      begin: (call) => begin(start, call),
      stranger: KEYS.stranger.publicKey,
      remaining: { claim_many: "destination", settle_many: "book" },
      accepted: ACCEPTED,
      assertConserved: (streams) => assertConserved(streams, 0n),
    }),
);
