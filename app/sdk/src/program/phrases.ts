import { PublicKey } from "@solana/web3.js";
import type { ParsedInstruction } from "./define";

/** `1 line`, `2 lines`. */
export const count = (number: number, one: string): string =>
  `${number} ${one}${number === 1 ? "" : "s"}`;

/** Basis points as a percentage: `2.5 %`. */
export const percent = (bps: unknown): string => `${Number(bps) / 100} %`;

/** The address of an account of the instruction; `none` where it is left out. */
export const account = ({ accounts }: ParsedInstruction, name: string): string =>
  accounts[name]?.toBase58() ?? "none";

/** Who is nominated for what; naming the default key takes a nomination back. */
export const nominating = ({ args }: ParsedInstruction, office: string): string =>
  (args.nominee as PublicKey).equals(PublicKey.default)
    ? `takes back the nomination as ${office}`
    : `nominates ${String(args.nominee)} as ${office}`;

/** What the instructions of the authority kit do. */
export const authoritySentences = (
  program: string,
): Record<
  "initialize" | "nominate_authority" | "accept_authority",
  (parsed: ParsedInstruction) => string
> => ({
  initialize: ({ args }) => `sets up ${program} under the authority ${String(args.authority)}`,
  nominate_authority: (parsed) => nominating(parsed, `the authority of ${program}`),
  accept_authority: () => `takes over as the authority of ${program}`,
});
