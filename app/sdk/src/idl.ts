/**
 * The part of an Anchor IDL (spec 0.1.0) that the SDK reads. Structurally a subset of the `Idl`
 * of `@coral-xyz/anchor`, so a generated IDL can be given to `new Program(...)` as it is.
 */
export interface Idl {
  address: string;
  metadata: { name: string; version: string; spec: string; description?: string };
  docs?: string[];
  instructions: IdlInstruction[];
  accounts?: IdlDiscriminated[];
  events?: IdlDiscriminated[];
  errors?: { code: number; name: string; msg?: string }[];
  types?: IdlTypeDef[];
  constants?: { name: string; docs?: string[]; type: IdlType; value: string }[];
}

export interface IdlInstruction {
  name: string;
  docs?: string[];
  discriminator: number[];
  accounts: IdlAccountItem[];
  args: IdlField[];
  returns?: IdlType;
}

/** An account of an instruction, or a group of accounts. */
export type IdlAccountItem = IdlAccount | IdlAccountGroup;

export interface IdlAccountGroup {
  name: string;
  accounts: IdlAccountItem[];
}

export interface IdlAccount {
  name: string;
  docs?: string[];
  writable?: boolean;
  signer?: boolean;
  optional?: boolean;
  address?: string;
  pda?: { seeds: IdlSeed[]; program?: IdlSeed };
  relations?: string[];
}

export type IdlSeed =
  | { kind: "const"; value: number[] }
  | { kind: "arg"; path: string }
  | { kind: "account"; path: string; account?: string };

export interface IdlDiscriminated {
  name: string;
  discriminator: number[];
}

export interface IdlField {
  name: string;
  docs?: string[];
  type: IdlType;
}

export type IdlInteger =
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "u128"
  | "i8"
  | "i16"
  | "i32"
  | "i64"
  | "i128";

export type IdlPrimitive = IdlInteger | "bool" | "bytes" | "string" | "pubkey";

export type IdlType =
  | IdlPrimitive
  | { option: IdlType }
  | { vec: IdlType }
  | { array: [IdlType, number] }
  | { defined: { name: string } };

export interface IdlTypeDef {
  name: string;
  docs?: string[];
  serialization?: "borsh" | "bytemuck" | "bytemuckunsafe";
  repr?: { kind: "c" | "rust" | "transparent"; packed?: boolean };
  type:
    | { kind: "struct"; fields?: IdlField[] }
    | { kind: "enum"; variants: { name: string; fields?: IdlField[] }[] };
}

/** The accounts of an instruction in their order, groups opened, each with the names that lead to it. */
export function accountsOf(
  items: readonly IdlAccountItem[],
  groups: readonly string[] = [],
): { path: string[]; account: IdlAccount }[] {
  return items.flatMap((item) => {
    const path = [...groups, item.name];
    return "accounts" in item ? accountsOf(item.accounts, path) : [{ path, account: item }];
  });
}
