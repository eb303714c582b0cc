import { type AccountMeta, PublicKey, TransactionInstruction } from "@solana/web3.js";
import {
  base58Key,
  bytes,
  bytesOf,
  type Checker,
  checkArguments,
  func,
  having,
  list,
  optional,
  publicKey,
  string,
  u8,
  u32,
  unknown,
} from "../arguments";
import { decodeFields, Reader } from "../codec/decode";
import { concat, encodeFields, typeNamed } from "../codec/encode";
import { camelCase } from "../codec/names";
import { DecodeError, InvalidArgument } from "../failure";
import { accountsOf, type Idl, type IdlField, type IdlInstruction } from "../idl";
import { accountMeta, anyInstruction } from "../tx/accounts";
import { type DecodedEvent, decodeEvents } from "./events";

/** An account as RPC and simulators give it, or its data alone (then the owner is not checked). */
export type AccountLike = Uint8Array | { owner: PublicKey; data: Uint8Array };

/** Length of the discriminator that opens every account, instruction and event. */
export const DISCRIMINATOR_LENGTH = 8;

/** An account behind those of the IDL that the program writes to. */
export const writable = (pubkey: PublicKey): AccountMeta => ({
  pubkey,
  isSigner: false,
  isWritable: true,
});

/** The default public key stands for "none" in fixed layouts. */
export const orNone = (key: PublicKey): PublicKey | null =>
  key.equals(PublicKey.default) ? null : key;

/** What the SDK calls an instruction with. */
export interface InstructionInput {
  /** By camelCase name; those of a group in an object of its name. */
  accounts: Record<string, unknown>;
  args?: Record<string, unknown>;
  /** Accounts behind those of the IDL. */
  remaining?: readonly AccountMeta[];
}

/** An instruction read back. */
export interface ParsedInstruction<Instruction extends string = string> {
  name: Instruction;
  /** By camelCase name; `group.name` for those of a group. An optional one left out is missing. */
  accounts: Record<string, PublicKey>;
  args: Record<string, unknown>;
  /** Accounts behind those of the IDL. */
  remaining: AccountMeta[];
}

/** A program as its IDL describes it. */
export interface Program<
  Instruction extends string = string,
  Account extends string = string,
  Event extends string = string,
> {
  readonly name: string;
  readonly id: PublicKey;
  readonly idl: Idl;
  /** First 8 bytes of the data of an instruction. */
  discriminator(name: Instruction): Uint8Array;
  /** First 8 bytes of an account of that type. Throws {@link InvalidArgument}. */
  accountDiscriminator(name: Account): Uint8Array;
  /**
   * Accounts of an instruction in the order of the IDL, with its flags. One with a fixed address
   * need not be given; an optional one that is left out is the program's own address, as Anchor
   * reads it. Throws {@link InvalidArgument}.
   */
  accountMetas(name: Instruction, given: Record<string, unknown>): AccountMeta[];
  /** An instruction; every value is checked by its IDL type. Throws {@link InvalidArgument}. */
  instruction(name: Instruction, given: InstructionInput): TransactionInstruction;
  /** Reads an instruction; null when it is none of this program's. Throws {@link DecodeError}. */
  parse(instruction: TransactionInstruction): ParsedInstruction<Instruction> | null;
  /** Fields of an account type, as the IDL lists them. */
  fieldsOf(name: Account): IdlField[];
  /** A reader behind the discriminator of an account. Throws {@link DecodeError}. */
  openAccount(name: Account, account: AccountLike): Reader;
  /** All fields of an account that ends with its last field. Throws {@link DecodeError}. */
  decodeAccount(name: Account, account: AccountLike): Record<string, unknown>;
  /** The events that the program itself logged in a transaction, in their order. */
  decodeEvents(logs: readonly string[]): DecodedEvent<Event>[];
}

const accountShape = having({ owner: publicKey, data: unknown }, "an account or its bytes");

/** The bytes of an account, and its owner where it is known. Throws {@link InvalidArgument}. */
function bytesAndOwner(
  account: unknown,
  argument = "account",
): { data: Uint8Array; owner?: PublicKey } {
  const data = bytesOf(account);
  if (data) return { data };
  const { owner, data: held } = accountShape(account, argument);
  return {
    owner: publicKey(owner, `${argument}.owner`),
    data: bytes()(held, `${argument}.data`),
  };
}

/** An account as read, of whatever type. */
export const accountLike: Checker<AccountLike> = (value, argument) => {
  bytesAndOwner(value, argument);
  return value as AccountLike;
};

const input = {
  accounts: having({}),
  args: optional(having({})),
  remaining: optional(list(accountMeta)),
};

const accountItem: Checker<unknown> = (value, argument) => {
  const item = having({ name: string })(value, argument) as { accounts?: unknown };
  if ("accounts" in item) list(accountItem)(item.accounts, `${argument}.accounts`);
};
const discriminated = { name: string, discriminator: list(u8) };
/** The parts of an IDL that are read at once. */
const idlShape = having({
  address: string,
  metadata: having({ name: string }),
  instructions: list(
    having({ ...discriminated, accounts: list(accountItem), args: list(having({ name: string })) }),
  ),
  accounts: optional(list(having(discriminated))),
  events: optional(list(having(discriminated))),
  errors: optional(list(having({ name: string, code: u32 }))),
  types: optional(list(having({ name: string, type: having({ kind: string }) }))),
});

/** A program that {@link defineProgram} has made. */
export const knownProgram = having({
  name: string,
  id: publicKey,
  idl: idlShape,
  parse: func,
});

const valueAt = (given: Record<string, unknown>, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], given);

const startsWith = (data: Uint8Array, discriminator: Uint8Array | readonly number[]): boolean =>
  discriminator.every((byte, index) => data[index] === byte);

/** A program from its IDL. Throws {@link InvalidArgument}. */
export function defineProgram<
  Instruction extends string = string,
  Account extends string = string,
  Event extends string = string,
>(idl: Idl): Program<Instruction, Account, Event> {
  idlShape(idl, "idl");
  const { name: program } = idl.metadata;
  const id = base58Key(idl.address, "idl.address");
  const definitions = new Map(idl.instructions.map((entry) => [entry.name, entry]));
  const places = new Map(
    idl.instructions.map(({ name, accounts }) => [
      name,
      accountsOf(accounts).map(({ path, account }) => ({ path: path.map(camelCase), account })),
    ]),
  );

  const definition = (name: string): IdlInstruction => {
    const found = definitions.get(string(name, "name"));
    if (found) return found;
    const message = `${program} has no instruction ${name}: give one of ${[...definitions.keys()].join(", ")}`;
    throw new InvalidArgument("ARGUMENT_RANGE", "name", message);
  };

  /** A struct argument called `args` takes its fields from the caller's flat object. */
  const flatFields = ({ args }: IdlInstruction): IdlField[] =>
    args.flatMap((field) => {
      const { name, type } = field;
      if (name !== "args" || typeof type !== "object" || !("defined" in type)) return [field];
      const defined = typeNamed(idl, type.defined.name);
      return defined.kind === "struct" ? (defined.fields ?? []) : [field];
    });

  const accountMetas = (name: Instruction, given: Record<string, unknown>): AccountMeta[] => {
    definition(name);
    return (places.get(name) ?? []).map(({ path, account }) => {
      const { address, optional, writable = false, signer = false } = account;
      const value = valueAt(given, path) ?? undefined;
      if (value === undefined && address) {
        return { pubkey: new PublicKey(address), isWritable: writable, isSigner: signer };
      }
      if (value === undefined && optional) {
        return { pubkey: id, isWritable: false, isSigner: false };
      }
      return { pubkey: publicKey(value, path.join(".")), isWritable: writable, isSigner: signer };
    });
  };

  const fieldsOf = (name: string): IdlField[] => {
    const type = typeNamed(idl, string(name, "name"));
    if (type.kind === "struct") return type.fields ?? [];
    const message = `${name} is no struct in the IDL of ${program}`;
    throw new InvalidArgument("ARGUMENT_RANGE", "name", message);
  };

  const accountDiscriminator = (name: Account): Uint8Array => {
    string(name, "name");
    const type = idl.accounts?.find((entry) => entry.name === name);
    if (type) return Uint8Array.from(type.discriminator);
    const message = `${program} has no account type ${name}`;
    throw new InvalidArgument("ARGUMENT_RANGE", "name", message);
  };

  const openAccount = (name: Account, account: AccountLike): Reader => {
    const discriminator = accountDiscriminator(name);
    const { owner, data } = bytesAndOwner(account);
    if (owner !== undefined && !owner.equals(id)) {
      const message = `not a ${name}: its owner is ${owner.toBase58()}, not ${program}`;
      throw new DecodeError("WRONG_OWNER", message);
    }
    if (data.length < DISCRIMINATOR_LENGTH) {
      const state = data.length === 0 ? "the account does not exist or is empty" : "too short";
      throw new DecodeError("WRONG_LENGTH", `not a ${name}: ${state} (${data.length} bytes)`);
    }
    if (!startsWith(data, discriminator)) {
      const message = `not a ${name}: its first 8 bytes are another type's`;
      throw new DecodeError("WRONG_DISCRIMINATOR", message);
    }
    return new Reader(data, DISCRIMINATOR_LENGTH);
  };

  return {
    name: program,
    id,
    idl,
    discriminator: (name) => Uint8Array.from(definition(name).discriminator),
    accountDiscriminator,
    accountMetas,
    instruction(name, given) {
      const { accounts, args = {}, remaining = [] } = checkArguments("instruction", input, given);
      const fields = encodeFields(idl, flatFields(definition(name)), args, "");
      const data = concat([Uint8Array.from(definition(name).discriminator), ...fields]);
      const keys = [...accountMetas(name, accounts), ...remaining];
      return new TransactionInstruction({ programId: id, keys, data: Buffer.from(data) });
    },
    parse(instruction) {
      const { programId, keys, data } = anyInstruction(instruction, "instruction");
      if (!programId.equals(id)) return null;
      const found = idl.instructions.find((entry) => startsWith(data, entry.discriminator));
      if (!found || data.length < DISCRIMINATOR_LENGTH) return null;
      const args = decodeFields(idl, flatFields(found), new Reader(data, DISCRIMINATOR_LENGTH));
      const known = places.get(found.name) ?? [];
      if (keys.length < known.length) {
        const message = `${found.name} takes ${known.length} accounts, this one has ${keys.length}`;
        throw new DecodeError("WRONG_LENGTH", message);
      }
      const accounts: Record<string, PublicKey> = {};
      for (const [index, { path, account }] of known.entries()) {
        const key = keys[index]?.pubkey as PublicKey;
        if (!(account.optional && key.equals(id))) accounts[path.join(".")] = key;
      }
      const name = found.name as Instruction;
      return { name, accounts, args, remaining: keys.slice(known.length) };
    },
    fieldsOf,
    openAccount,
    decodeAccount(name, account) {
      const reader = openAccount(name, account);
      const values = decodeFields(idl, fieldsOf(name), reader);
      if (reader.offset !== reader.data.length) {
        const message = `${name} ends at byte ${reader.offset}, the account has ${reader.data.length}`;
        throw new DecodeError("WRONG_LENGTH", message);
      }
      return values;
    },
    decodeEvents: (logs) => decodeEvents<Event>({ idl, id, logs: list(string)(logs, "logs") }),
  };
}
