import type { RegistryInstruction } from "../generated/registry/names";
import type { ParsedInstruction } from "../program/define";
import type { DescribedProgram, Sentences } from "../program/describe";
import { account, authoritySentences, nominating, percent } from "../program/phrases";
import type { Payout } from "./accounts";
import { REGISTRY } from "./program";

/** As people write it; the number alone where it is beyond every calendar. */
const time = (unix: unknown): string => {
  const date = new Date(Number(unix) * 1000);
  return Number.isNaN(date.getTime()) ? `unix second ${unix}` : date.toISOString();
};

/** Each recipient and his part: who signs sees where the pay goes. */
const recipients = ({ args }: ParsedInstruction): string =>
  (args.payout as Payout[])
    .map(({ recipient, bps }) => `${percent(bps)} to ${recipient.toBase58()}`)
    .join(", ");

const SENTENCES: Sentences<RegistryInstruction> = {
  ...authoritySentences("registry"),
  accept_operator: (parsed) =>
    `makes ${account(parsed, "nominee")} the authority of operator ${account(parsed, "operator")}`,
  close_operator: (parsed) => `ends operator ${account(parsed, "operator")}`,
  nominate_operator: (parsed) =>
    nominating(parsed, `the authority of operator ${account(parsed, "operator")}`),
  pause: (parsed) => `takes no new operators until ${time(parsed.args.until)}`,
  register_operator: (parsed) =>
    `registers ${account(parsed, "authority")} as operator ${parsed.args.id}; of its pay go ${recipients(parsed)}`,
  resume: () => "ends the pause of registry",
  set_class: (parsed) =>
    `sets class ${parsed.args.id}: new nodes ${parsed.args.enabled ? "allowed" : "refused"}, a bond of ` +
    `${Number(parsed.args.bondCents) / 100} US dollars for one unit`,
  set_payout: (parsed) =>
    `splits the pay of operator ${account(parsed, "operator")}: ${recipients(parsed)}`,
  set_region: (parsed) =>
    `sets region ${parsed.args.id}: new nodes ${parsed.args.enabled ? "allowed" : "refused"}, a target of ` +
    `${percent(parsed.args.targetBps)} of the network`,
};

/** Registry with what its instructions do in words, for `createDescriber`. */
export const REGISTRY_DESCRIBED: DescribedProgram<RegistryInstruction> = {
  program: REGISTRY,
  sentences: SENTENCES,
};
