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

export interface IdlAccountItem {
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

export type IdlPrimitive =
  | "bool"
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "u128"
  | "i64"
  | "bytes"
  | "string"
  | "pubkey";

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
