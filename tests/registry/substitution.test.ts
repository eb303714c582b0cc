import * as sdk from "@pinfi/sdk/registry";
import { describeSigned, type StartWorld } from "../harness/describe";
import { itRefusesSubstitutions, NOTHING_THERE, type Prepared } from "../kit/substitutions";
import { CALLS, type Call } from "./honest-calls";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

/** What passes although an account was replaced, and why that is right. */
const ACCEPTED: Record<string, string> = {
  "initialize.payer: another signer": "anybody may pay the rent",
  "set_class.payer: another signer": "anybody may pay the rent",
  "set_region.payer: another signer": "anybody may pay the rent",
  "register_operator.authority: another signer": "anybody may become an operator",
};

/** A second operator, so that there is another instance of what is anybody's. */
async function begin(
  start: StartWorld,
  { stage = "operator", prepare }: Call,
): Promise<Prepared<Scenario>> {
  const bench = await startScenario(start, { stage });
  const none = { otherMint: NOTHING_THERE, anotherType: () => NOTHING_THERE };
  if (stage === "deployed") return { bench, others: {}, ...none };
  const id = 1;
  await bench.registerOperator({ authority: KEYS.otherOperator.publicKey, id });
  await prepare?.(bench);
  const others = {
    operator: sdk.operatorAddress({ id }),
    class: sdk.classAddress({ id: 3 }),
    region: sdk.regionAddress({ id: 7 }),
  };
  const anotherType = (name: string) =>
    name === "config" ? sdk.regionAddress({ id: 7 }) : sdk.configAddress();
  return { bench, others, otherMint: NOTHING_THERE, anotherType };
}

describeSigned(
  "registry / every account of every instruction, replaced (A01-A12, A18, A19, A24, A34)",
  (start) =>
    itRefusesSubstitutions<Scenario, Call>({
      program: "registry",
      calls: CALLS,
      begin: (call) => begin(start, call),
      stranger: KEYS.stranger.publicKey,
      accepted: ACCEPTED,
    }),
);
