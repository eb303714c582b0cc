import type { RegistryInstruction } from "../generated/registry/names";
import type { ParsedInstruction } from "../program/define";
import { count, type DescribedProgram, type Sentences } from "../program/describe";
import { REGISTRY } from "./program";

const account = ({ accounts }: ParsedInstruction, name: string): string =>
  accounts[name]?.toBase58() ?? "none";

/** As people write it; the number alone where it is beyond every calendar. */
const time = (unix: unknown): string => {
  const date = new Date(Number(unix) * 1000);
  return Number.isNaN(date.getTime()) ? `unix second ${unix}` : date.toISOString();
};

const recipients = ({ args }: ParsedInstruction): string =>
  count((args.payout as unknown[]).length, "recipient");

const SENTENCES: Sentences<RegistryInstruction> = {
  accept_authority: () => "takes over as the authority of registry",
  accept_operator: (parsed) =>
    `makes ${account(parsed, "nominee")} the authority of operator ${account(parsed, "operator")}`,
  close_operator: (parsed) => `ends operator ${account(parsed, "operator")}`,
  initialize: (parsed) => `sets up registry under the authority ${String(parsed.args.authority)}`,
  nominate_authority: (parsed) =>
    `nominates ${String(parsed.args.nominee)} as the authority of registry`,
  nominate_operator: (parsed) =>
    `lets ${String(parsed.args.nominee)} take over operator ${account(parsed, "operator")}`,
  pause: (parsed) => `takes no new operators until ${time(parsed.args.until)}`,
  register_operator: (parsed) =>
    `registers ${account(parsed, "authority")} as operator ${parsed.args.id}, whose pay goes to ${recipients(parsed)}`,
  resume: () => "ends the pause of registry",
  set_class: (parsed) =>
    `sets class ${parsed.args.id}: new nodes ${parsed.args.enabled ? "allowed" : "refused"}, a bond of ` +
    `${Number(parsed.args.bondCents) / 100} US dollars for one unit`,
  set_payout: (parsed) =>
    `splits the pay of operator ${account(parsed, "operator")} among ${recipients(parsed)}`,
  set_region: (parsed) =>
    `sets region ${parsed.args.id}: new nodes ${parsed.args.enabled ? "allowed" : "refused"}, a target of ` +
    `${Number(parsed.args.targetBps) / 100} % of the network`,
};

/** Registry with what its instructions do in words, for `createDescriber`. */
export const REGISTRY_DESCRIBED: DescribedProgram<RegistryInstruction> = {
  program: REGISTRY,
  sentences: SENTENCES,
};
