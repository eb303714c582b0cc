import type { Failure } from "@pinfi/localnet";

/**
 * Sentences of runtime 1.18 with the names that the current runtime prints. Only what
 * tests here can meet; any other sentence becomes its own name and is seen at once.
 */
const INSTRUCTION_SENTENCES: Record<string, string> = {
  "invalid program argument": "InvalidArgument",
  "invalid instruction data": "InvalidInstructionData",
  "invalid account data for instruction": "InvalidAccountData",
  "incorrect program id for instruction": "IncorrectProgramId",
  "missing required signature for instruction": "MissingRequiredSignature",
  "instruction changed the balance of a read-only account": "ReadonlyLamportChange",
  "instruction modified data of a read-only account": "ReadonlyDataModified",
  "An account required by the instruction is missing": "MissingAccount",
  "insufficient account keys for instruction": "NotEnoughAccountKeys",
  "Unsupported program id": "UnsupportedProgramId",
  "Cross-program invocation with unauthorized signer or writable account": "PrivilegeEscalation",
  "Program failed to complete": "ProgramFailedToComplete",
  "Provided owner is not allowed": "IllegalOwner",
  "Failed to reallocate account data": "InvalidRealloc",
  "sum of account balances before and after instruction do not match": "UnbalancedInstruction",
};

const TRANSACTION_SENTENCES: Record<string, string> = {
  "This transaction has already been processed": "AlreadyProcessed",
  "transport transaction error: This transaction has already been processed": "AlreadyProcessed",
  "Blockhash not found": "BlockhashNotFound",
  "Attempt to debit an account but found no record of a prior credit.": "AccountNotFound",
};

const INSTRUCTION_ERROR = /Error processing Instruction (\d+): (.+)$/s;
const CUSTOM_ERROR = /^custom program error: 0x([0-9a-f]+)$/;

/** Reads the sentence in which bankrun reports an error. */
export function parseRuntimeError(sentence: string): Failure {
  const [, index, cause = ""] = INSTRUCTION_ERROR.exec(sentence) ?? [];
  if (index === undefined) {
    return { kind: "transaction", name: TRANSACTION_SENTENCES[sentence] ?? sentence };
  }
  const code = CUSTOM_ERROR.exec(cause)?.[1];
  return code === undefined
    ? { kind: "instruction", index: Number(index), name: INSTRUCTION_SENTENCES[cause] ?? cause }
    : {
        kind: "instruction",
        index: Number(index),
        name: "Custom",
        code: Number.parseInt(code, 16),
      };
}
