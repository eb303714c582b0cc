import { PublicKey } from "@solana/web3.js";
import { DecodeError } from "../failure";
import type { Idl, IdlField, IdlType } from "../idl";
import { typeNamed } from "./encode";
import { camelCase, variantKind } from "./names";

/** A position in bytes; reading past the end throws {@link DecodeError} `WRONG_LENGTH`. */
export class Reader {
  private readonly view: DataView;
  offset: number;

  constructor(
    readonly data: Uint8Array,
    offset = 0,
  ) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.offset = offset;
  }

  private advance(size: number): number {
    const at = this.offset;
    if (at + size > this.data.length) {
      const message = `needs ${at + size} bytes, has ${this.data.length}`;
      throw new DecodeError("WRONG_LENGTH", message);
    }
    this.offset += size;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }
  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }
  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }
  u64(): bigint {
    return this.view.getBigUint64(this.advance(8), true);
  }
  i8(): number {
    return this.view.getInt8(this.advance(1));
  }
  i16(): number {
    return this.view.getInt16(this.advance(2), true);
  }
  i32(): number {
    return this.view.getInt32(this.advance(4), true);
  }
  i64(): bigint {
    return this.view.getBigInt64(this.advance(8), true);
  }
  u128(): bigint {
    return this.u64() | (this.u64() << 64n);
  }
  i128(): bigint {
    return BigInt.asIntN(128, this.u128());
  }
  bytes(size: number): Uint8Array {
    const at = this.advance(size);
    // A copy: `slice` of a Buffer would be a view that keeps the whole account alive.
    return new Uint8Array(this.data.subarray(at, at + size));
  }
  publicKey(): PublicKey {
    return new PublicKey(this.bytes(32));
  }
  bool(): boolean {
    const byte = this.u8();
    if (byte > 1) throw new DecodeError("WRONG_VALUE", `a bool is ${byte}: it must be 0 or 1`);
    return byte === 1;
  }
}

/** Borsh decoding after the IDL: integers of 64 bits and more as bigint, `[u8; n]` as bytes. */
export function decode(idl: Idl, type: IdlType, reader: Reader): unknown {
  switch (type) {
    case "bool":
      return reader.bool();
    case "pubkey":
      return reader.publicKey();
    case "bytes":
      return reader.bytes(reader.u32());
    case "string":
      return new TextDecoder().decode(reader.bytes(reader.u32()));
  }
  if (typeof type === "string") return reader[type]();
  if ("option" in type) return reader.bool() ? decode(idl, type.option, reader) : null;
  if ("vec" in type) {
    // One after the other: the length is the sender's, and room for it would be made at once.
    const items: unknown[] = [];
    for (let left = reader.u32(); left > 0; left -= 1) items.push(decode(idl, type.vec, reader));
    return items;
  }
  if ("array" in type) {
    const [item, length] = type.array;
    if (item === "u8") return reader.bytes(length);
    return Array.from({ length }, () => decode(idl, item, reader));
  }
  const definition = typeNamed(idl, type.defined.name);
  if (definition.kind === "struct") return decodeFields(idl, definition.fields ?? [], reader);
  const index = reader.u8();
  const variant = definition.variants[index];
  if (!variant) {
    throw new DecodeError("WRONG_VALUE", `${type.defined.name} has no variant ${index}`);
  }
  return { kind: variantKind(variant), ...decodeFields(idl, variant.fields ?? [], reader) };
}

/** Fields in their order, by camelCase name. */
export function decodeFields(
  idl: Idl,
  fields: readonly IdlField[],
  reader: Reader,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of fields) out[camelCase(field.name)] = decode(idl, field.type, reader);
  return out;
}
