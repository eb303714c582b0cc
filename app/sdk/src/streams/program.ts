import { type AccountMeta, PublicKey, TransactionInstruction } from "@solana/web3.js";
import { publicKey } from "../arguments";
import { concat, encodeFields, typeNamed } from "../codec/encode";
import { camelCase } from "../codec/names";
import { STREAMS_IDL, type StreamsInstruction } from "../generated/streams/names";
import type { IdlField, IdlInstruction } from "../idl";

/** Address of the streams program, from its IDL (`declare_id!`). */
export const STREAMS_PROGRAM_ID = new PublicKey(STREAMS_IDL.address);

const INSTRUCTIONS = new Map<string, IdlInstruction>(
  STREAMS_IDL.instructions.map((instruction) => [instruction.name, instruction]),
);

const FIXED = new Map<string, PublicKey>(
  STREAMS_IDL.instructions
    .flatMap(({ accounts }) => accounts)
    .flatMap(({ address }) => (address ? [[address, new PublicKey(address)] as const] : [])),
);

function definition(name: StreamsInstruction): IdlInstruction {
  const found = INSTRUCTIONS.get(name);
  if (!found) throw new Error(`the IDL of streams has no instruction ${name}`);
  return found;
}

/** First 8 bytes of the data of an instruction. */
export function instructionDiscriminator(name: StreamsInstruction): Uint8Array {
  return Uint8Array.from(definition(name).discriminator);
}

/** A struct argument called `args` takes its fields from the caller's flat object. */
function flatFields(field: IdlField): IdlField[] {
  if (field.name !== "args" || typeof field.type !== "object" || !("defined" in field.type)) {
    return [field];
  }
  const type = typeNamed(STREAMS_IDL, field.type.defined.name);
  return type.kind === "struct" ? (type.fields ?? []) : [field];
}

function data({ discriminator, args }: IdlInstruction, values: Record<string, unknown>): Buffer {
  const fields = encodeFields(STREAMS_IDL, args.flatMap(flatFields), values, "");
  return Buffer.from(concat([Uint8Array.from(discriminator), ...fields]));
}

/**
 * Accounts of an instruction in the order of the IDL, with its flags. One with a fixed address need
 * not be given; an optional one that is left out is the program's own address, as Anchor reads it.
 */
export function instructionAccounts(
  name: StreamsInstruction,
  given: Record<string, unknown>,
): AccountMeta[] {
  return definition(name).accounts.map(
    ({ name: account, address, optional, writable = false, signer = false }) => {
      const argument = camelCase(account);
      const value = given[argument] ?? undefined;
      if (value === undefined && address) {
        return { pubkey: FIXED.get(address) as PublicKey, isWritable: writable, isSigner: signer };
      }
      if (value === undefined && optional) {
        return { pubkey: STREAMS_PROGRAM_ID, isWritable: false, isSigner: false };
      }
      return { pubkey: publicKey(value, argument), isWritable: writable, isSigner: signer };
    },
  );
}

/**
 * An instruction of streams: order and flags of the accounts, discriminator and encoding come from
 * the IDL. Accounts with a fixed address need not be given. Values are checked by their IDL type.
 * `writable` are the accounts that some instructions take behind those of the IDL.
 */
export function streamsInstruction(
  name: StreamsInstruction,
  given: {
    accounts: Record<string, unknown>;
    args?: Record<string, unknown>;
    writable?: readonly PublicKey[];
  },
): TransactionInstruction {
  const { accounts, args = {}, writable = [] } = given;
  const more = writable.map((pubkey) => ({ pubkey, isSigner: false, isWritable: true }));
  return new TransactionInstruction({
    programId: STREAMS_PROGRAM_ID,
    keys: [...instructionAccounts(name, accounts), ...more],
    data: data(definition(name), args),
  });
}
