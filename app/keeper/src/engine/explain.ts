import { createExplainer, type Program } from "@pinfi/sdk";
import type { PublicKey } from "@solana/web3.js";
import { ProgramFailure } from "./errors";

/** How a program names what it refuses. */
export interface ErrorNames {
  /** Its error table is in its IDL. */
  program: Program;
  /** Code of a refusal that is told by the logs rather than by a number; undefined: none of these. */
  codeOf?(logs: readonly string[]): string | undefined;
}

/** Names a refusal. `program`: of the instruction that was refused; its codes are read as its own. */
export type Explain = (failure: ProgramFailure, program: PublicKey | undefined) => ProgramFailure;

/** Every program's error codes begin at 6000: which one failed is told by logs, else by the instruction. */
export function createExplain(all: readonly ErrorNames[]): Explain {
  const explain = createExplainer(all.map(({ program }) => program));
  return (failure, program) => {
    const { instruction, custom, logs, signature } = failure;
    if (instruction === undefined) return failure;
    const err = { InstructionError: [instruction, { Custom: custom }] };
    const named = custom === undefined ? null : explain({ logs, err }, program);
    const told = all.flatMap(({ codeOf }) => codeOf?.(logs) ?? [])[0];
    const code = told ?? named?.name ?? failure.code;
    return new ProgramFailure({
      code,
      message: `instruction ${instruction} was refused: ${code}${named ? ` (${named.sentence})` : ""}`,
      instruction,
      ...(custom !== undefined && { custom }),
      ...(signature !== undefined && { signature }),
      logs,
    });
  };
}
