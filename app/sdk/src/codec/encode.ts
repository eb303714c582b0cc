import {
  boolean,
  bytes,
  type Checker,
  i8,
  i16,
  i32,
  i64,
  i128,
  list,
  nullable,
  publicKey,
  string,
  u8,
  u16,
  u32,
  u64,
  u128,
} from "../arguments";
import { InvalidArgument } from "../failure";
import type { Idl, IdlField, IdlInteger, IdlType } from "../idl";
import { camelCase, variantKind } from "./names";

type Values = Record<string, unknown>;

/** Checker and bytes of each integer type. */
const INTEGERS: Record<IdlInteger, [check: Checker<number | bigint>, size: number]> = {
  u8: [u8, 1],
  u16: [u16, 2],
  u32: [u32, 4],
  u64: [u64, 8],
  u128: [u128, 16],
  i8: [i8, 1],
  i16: [i16, 2],
  i32: [i32, 4],
  i64: [i64, 8],
  i128: [i128, 16],
};

function littleEndian(value: bigint, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let index = 0; index < size; index++, rest >>= 8n) out[index] = Number(rest & 0xffn);
  return out;
}

function record(value: unknown, path: string): Values {
  if (typeof value === "object" && value !== null) return value as Values;
  throw new InvalidArgument("ARGUMENT_TYPE", path, `${path} is ${typeof value}: give an object`);
}

/**
 * Borsh encoding after the IDL. Unlike the coder of `@coral-xyz/anchor` 0.32, which writes a missing
 * or mistyped value as zero, every value is checked and {@link InvalidArgument} names the bad one.
 * Enums are `{ kind: "variantName", ...fields }`, the variant's name beginning with a small letter.
 */
export function encode(idl: Idl, type: IdlType, value: unknown, path: string): Uint8Array[] {
  switch (type) {
    case "bool":
      return [Uint8Array.of(boolean(value, path) ? 1 : 0)];
    case "pubkey":
      return [publicKey(value, path).toBytes()];
    case "bytes": {
      const data = bytes()(value, path);
      return [littleEndian(BigInt(data.length), 4), data];
    }
    case "string": {
      const text = new TextEncoder().encode(string(value, path));
      return [littleEndian(BigInt(text.length), 4), text];
    }
  }
  if (typeof type === "string") {
    const [check, size] = INTEGERS[type];
    return [littleEndian(BigInt(check(value, path)), size)];
  }
  if ("option" in type) {
    const some = nullable((entry) => entry)(value, path);
    return some === null
      ? [Uint8Array.of(0)]
      : [Uint8Array.of(1), ...encode(idl, type.option, some, path)];
  }
  if ("vec" in type) {
    const items = list((entry) => entry)(value, path);
    return [littleEndian(BigInt(items.length), 4), ...encodeItems(idl, type.vec, items, path)];
  }
  if ("array" in type) {
    const [item, length] = type.array;
    if (item === "u8") return [bytes(length)(value, path)];
    return encodeItems(idl, item, list((entry) => entry)(value, path), path);
  }
  return encodeDefined(idl, type.defined.name, value, path);
}

function encodeItems(idl: Idl, type: IdlType, items: unknown[], path: string): Uint8Array[] {
  return items.flatMap((item, index) => encode(idl, type, item, `${path}[${index}]`));
}

/** Fields in their order, each read from `values` by its camelCase name. */
export function encodeFields(
  idl: Idl,
  fields: readonly IdlField[],
  values: Values,
  path: string,
): Uint8Array[] {
  return fields.flatMap((field) => {
    const name = camelCase(field.name);
    return encode(idl, field.type, values[name], path ? `${path}.${name}` : name);
  });
}

/** The definition of a named type; throws when the IDL has none. */
export function typeNamed(idl: Idl, name: string) {
  const found = idl.types?.find((type) => type.name === name);
  if (!found) {
    const message = `the IDL of ${idl.metadata.name} has no type ${name}`;
    throw new InvalidArgument("ARGUMENT_RANGE", "name", message);
  }
  return found.type;
}

function encodeDefined(idl: Idl, name: string, value: unknown, path: string): Uint8Array[] {
  const definition = typeNamed(idl, name);
  const values = record(value, path);
  if (definition.kind === "struct") return encodeFields(idl, definition.fields ?? [], values, path);
  const kinds = definition.variants.map(variantKind);
  const index = kinds.indexOf(String(values.kind));
  const variant = definition.variants[index];
  if (!variant) {
    const message = `${path}.kind is ${String(values.kind)}: give ${kinds.join(" or ")}`;
    throw new InvalidArgument("ARGUMENT_TYPE", `${path}.kind`, message);
  }
  return [Uint8Array.of(index), ...encodeFields(idl, variant.fields ?? [], values, path)];
}

/** The parts as one array. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}
