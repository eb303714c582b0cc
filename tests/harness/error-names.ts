import { LangErrorCode } from "@coral-xyz/anchor";
import type { Failure } from "@pinfi/localnet";
import {
  ASSOCIATED_TOKEN_PROGRAM_ID,
  TOKEN_2022_PROGRAM_ID,
  TOKEN_PROGRAM_ID,
} from "@solana/spl-token";
import { Ed25519Program, type PublicKey, SystemProgram } from "@solana/web3.js";
import { readIdl, repositoryPrograms } from "./programs";

/** Programs number their own errors from here; Anchor's own lie below. */
const FIRST_PROGRAM_ERROR = 6_000;

const TOKEN_ERRORS = [
  "NotRentExempt",
  "InsufficientFunds",
  "InvalidMint",
  "MintMismatch",
  "OwnerMismatch",
  "FixedSupply",
  "AlreadyInUse",
  "InvalidNumberOfProvidedSigners",
  "InvalidNumberOfRequiredSigners",
  "UninitializedState",
  "NativeNotSupported",
  "NonNativeHasBalance",
  "InvalidInstruction",
  "InvalidState",
  "Overflow",
  "AuthorityTypeNotSupported",
  "MintCannotFreeze",
  "AccountFrozen",
  "MintDecimalsMismatch",
  "NonNativeNotSupported",
];

/** Of Token-2022's extensions, only what tests here can meet. */
const TOKEN_EXTENSION_ERRORS: Record<number, string> = {
  36: "NoMemo",
  42: "CpiGuardTransferBlocked",
  67: "MintPaused",
};

const SYSTEM_ERRORS = [
  "AccountAlreadyInUse",
  "ResultWithNegativeLamports",
  "InvalidProgramId",
  "InvalidAccountDataLength",
];

const PRECOMPILE_ERRORS = [
  "InvalidPublicKey",
  "InvalidRecoveryId",
  "InvalidSignature",
  "InvalidDataOffsets",
  "InvalidInstructionDataSize",
];

const FOREIGN_ERRORS: Record<string, Readonly<Record<number, string>>> = {
  [SystemProgram.programId.toBase58()]: SYSTEM_ERRORS,
  [TOKEN_PROGRAM_ID.toBase58()]: TOKEN_ERRORS,
  [TOKEN_2022_PROGRAM_ID.toBase58()]: { ...TOKEN_ERRORS, ...TOKEN_EXTENSION_ERRORS },
  [ASSOCIATED_TOKEN_PROGRAM_ID.toBase58()]: ["InvalidOwner"],
  [Ed25519Program.programId.toBase58()]: PRECOMPILE_ERRORS,
};

const ANCHOR_NAMES = new Map<number, string>([
  ...Object.entries(LangErrorCode).map(([name, code]) => [code, name] as const),
  // Newer than the client library's table.
  [2_040, "ConstraintDuplicateMutableAccount"],
]);

/** Name of a custom code as the program that raised it spells it. */
function customName(program: string, code: number): string | undefined {
  const foreign = FOREIGN_ERRORS[program];
  if (foreign !== undefined) return foreign[code];
  if (code < FIRST_PROGRAM_ERROR) return ANCHOR_NAMES.get(code);
  const own = repositoryPrograms().find(({ address }) => address.toBase58() === program);
  if (own === undefined) return undefined;
  return readIdl(own.name).errors?.find((error) => error.code === code)?.name;
}

/**
 * Name of a failure: the program's own, from its IDL; Anchor's; or that of the program it
 * called. `programs` are the ids of the top-level instructions.
 */
export function nameOfFailure({
  failure,
  logs,
  programs,
}: {
  failure: Failure;
  logs: readonly string[];
  programs: readonly PublicKey[];
}): string {
  if (failure.kind === "transaction" || failure.code === undefined) return failure.name;
  // The innermost program reports first; a precompile reports nothing.
  const reported = logs.map((line) => /^Program (\w+) failed: /.exec(line)?.[1]).find(Boolean);
  const program = reported ?? programs[failure.index]?.toBase58() ?? "an unknown program";
  return customName(program, failure.code) ?? `${program}:${failure.code}`;
}
