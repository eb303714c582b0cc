import {
  boolean,
  bytes,
  i64,
  list,
  nullable,
  publicKey,
  u8,
  u16,
  u32,
  u64,
  u128,
} from "../arguments";
import { InvalidArgument } from "../failure";
import type { Idl, IdlField, IdlType } from "../idl";
import { camelCase } from "./names";

type Values = Record<string, unknown>;

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
 * Enums are `{ kind: "variantName", ...fields }`.
 */
export function encode(idl: Idl, type: IdlType, value: unknown, path: string): Uint8Array[] {
  switch (type) {
    case "bool":
      return [Uint8Array.of(boolean(value, path) ? 1 : 0)];
    case "u8":
      return [Uint8Array.of(u8(value, path))];
    case "u16":
      return [littleEndian(BigInt(u16(value, path)), 2)];
    case "u32":
      return [littleEndian(BigInt(u32(value, path)), 4)];
    case "u64":
      return [littleEndian(u64(value, path), 8)];
    case "i64":
      return [littleEndian(i64(value, path), 8)];
    case "u128":
      return [littleEndian(u128(value, path), 16)];
    case "pubkey":
      return [publicKey(value, path).toBytes()];
    case "bytes": {
      const data = bytes()(value, path);
      return [littleEndian(BigInt(data.length), 4), data];
    }
    case "string":
      throw new Error(`${path}: the SDK encodes no strings`);
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
  if (!found) throw new Error(`the IDL of ${idl.metadata.name} has no type ${name}`);
  return found.type;
}

function encodeDefined(idl: Idl, name: string, value: unknown, path: string): Uint8Array[] {
  const definition = typeNamed(idl, name);
  const values = record(value, path);
  if (definition.kind === "struct") return encodeFields(idl, definition.fields ?? [], values, path);
  const kinds = definition.variants.map((variant) => variant.name.toLowerCase());
  const index = kinds.indexOf(String(values.kind).toLowerCase());
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
