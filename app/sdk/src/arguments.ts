import { PublicKey } from "@solana/web3.js";
import { InvalidArgument } from "./failure";

/** Gives the value back as a `T`, or throws {@link InvalidArgument} naming `argument`. */
export type Checker<T> = (value: unknown, argument: string) => T;

/** A checker of an argument that may be left out. */
export interface OptionalChecker<T> extends Checker<T> {
  optional: true;
}

type Shape = Record<string, Checker<unknown>>;
type OptionalKeys<S> = {
  [K in keyof S]: S[K] extends OptionalChecker<unknown> ? K : never;
}[keyof S];

/** The argument object that a shape accepts. */
export type Arguments<S> = {
  [K in Exclude<keyof S, OptionalKeys<S>>]: S[K] extends Checker<infer T> ? T : never;
} & { [K in OptionalKeys<S>]?: S[K] extends Checker<infer T> ? T : never };

type Checked<S> = { [K in keyof S]: S[K] extends Checker<infer T> ? T : never };

function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "bigint" || typeof value === "number") return `${value} (${typeof value})`;
  if (typeof value === "object") return value.constructor?.name ?? "an object";
  return `${typeof value} ${JSON.stringify(value) ?? ""}`.trim();
}

function refuse(argument: string, want: string, value: unknown): InvalidArgument {
  if (value === undefined) {
    return new InvalidArgument(
      "ARGUMENT_MISSING",
      argument,
      `${argument} is missing: give ${want}`,
    );
  }
  const message = `${argument} is ${describe(value)}: give ${want}`;
  return new InvalidArgument("ARGUMENT_TYPE", argument, message);
}

function outOfRange(argument: string, want: string, value: unknown): InvalidArgument {
  const message = `${argument} is ${String(value)}, out of range: give ${want}`;
  return new InvalidArgument("ARGUMENT_RANGE", argument, message);
}

function small(type: string, maximum: number, minimum = 0): Checker<number> {
  const want = `a whole number from ${minimum} to ${maximum} (${type})`;
  return (value, argument) => {
    if (typeof value !== "number" || !Number.isInteger(value)) throw refuse(argument, want, value);
    if (value < minimum || value > maximum) throw outOfRange(argument, want, value);
    return value;
  };
}

function large(type: string, minimum: bigint, maximum: bigint): Checker<bigint> {
  const want = `a bigint from ${minimum} to ${maximum} (${type})`;
  return (value, argument) => {
    if (typeof value !== "bigint") throw refuse(argument, want, value);
    if (value < minimum || value > maximum) throw outOfRange(argument, want, value);
    return value;
  };
}

/** A whole number that a JSON number holds exactly. */
export const u53 = small("exact in JSON", Number.MAX_SAFE_INTEGER);
export const u8 = small("u8", 0xff);
export const u16 = small("u16", 0xffff);
export const u32 = small("u32", 0xffff_ffff);
export const u64 = large("u64", 0n, 2n ** 64n - 1n);
export const u128 = large("u128", 0n, 2n ** 128n - 1n);
export const i8 = small("i8", 0x7f, -0x80);
export const i16 = small("i16", 0x7fff, -0x8000);
export const i32 = small("i32", 0x7fff_ffff, -0x8000_0000);
export const i64 = large("i64", -(2n ** 63n), 2n ** 63n - 1n);
export const i128 = large("i128", -(2n ** 127n), 2n ** 127n - 1n);

/** Text that is whole: a lone surrogate has no UTF-8. */
export const string: Checker<string> = (value, argument) => {
  if (typeof value !== "string" || /\p{Surrogate}/u.test(value))
    throw refuse(argument, "a string", value);
  return value;
};

export const boolean: Checker<boolean> = (value, argument) => {
  if (typeof value !== "boolean") throw refuse(argument, "true or false", value);
  return value;
};

/**
 * A byte array as one of this realm, without a copy: one of another (a worker's, a test runner's)
 * is none by `instanceof`. Undefined when it is not a byte array.
 */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (!ArrayBuffer.isView(value)) return undefined;
  // Of the many kinds of views, the one that `instanceof` would name.
  if (Object.prototype.toString.call(value) !== "[object Uint8Array]") return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** A web3.js `PublicKey`, also one made by another copy of web3.js or in another realm. */
export const publicKey: Checker<PublicKey> = (value, argument) => {
  if (value instanceof PublicKey) return value;
  const { toBytes } = (value ?? {}) as { toBytes?: unknown };
  const bytes = typeof toBytes === "function" ? bytesOf(toBytes.call(value)) : undefined;
  if (bytes?.length === 32) return new PublicKey(bytes);
  throw refuse(argument, "a PublicKey", value);
};

/** A public key, or 32 bytes of another kind such as a blockhash, in base58. */
export const base58Key: Checker<PublicKey> = (value, argument) => {
  const want = "32 bytes in base58";
  if (typeof value !== "string") throw refuse(argument, want, value);
  try {
    return new PublicKey(value);
  } catch {
    throw outOfRange(argument, want, JSON.stringify(value));
  }
};

/** Exactly `length` bytes (any length when left out), also those of another realm. */
export function bytes(length?: number): Checker<Uint8Array> {
  const want = length === undefined ? "a Uint8Array" : `a Uint8Array of ${length} bytes`;
  return (value, argument) => {
    const found = bytesOf(value);
    if (found === undefined) throw refuse(argument, want, value);
    if (length !== undefined && found.length !== length) {
      throw outOfRange(argument, want, `${found.length} bytes long`);
    }
    return found;
  };
}

/** An object with functions of these names, such as a `Connection`; given back as it is. */
export function methods(...names: string[]): Checker<object> {
  return (value, argument) => {
    const given = Object(value ?? undefined) as Record<string, unknown>;
    const missing = names.find((name) => typeof given[name] !== "function");
    if (missing === undefined) return given;
    throw refuse(argument, `an object with the function ${missing}`, value);
  };
}

export const func: Checker<(...args: never[]) => unknown> = (value, argument) => {
  if (typeof value !== "function") throw refuse(argument, "a function", value);
  return value as (...args: never[]) => unknown;
};

/** An array of anything; given back as it is. */
export const array: Checker<unknown[]> = (value, argument) => {
  if (!Array.isArray(value)) throw refuse(argument, "an array", value);
  return value;
};

/** Anything at all. */
export const unknown: Checker<unknown> = (value) => value;

export const abortSignal: Checker<AbortSignal> = (value, argument) => {
  if (!(value instanceof AbortSignal)) throw refuse(argument, "an AbortSignal", value);
  return value;
};

export function list<T>(item: Checker<T>): Checker<T[]> {
  return (value, argument) => {
    if (!Array.isArray(value)) throw refuse(argument, "an array", value);
    return value.map((entry, index) => at(item, entry, argument, `[${index}]`));
  };
}

/** May be left out; becomes `undefined`. */
export function optional<T>(checker: Checker<T>): OptionalChecker<T | undefined> {
  const check = (value: unknown, argument: string) =>
    value === undefined ? undefined : checker(value, argument);
  return Object.assign(check, { optional: true as const });
}

/** May be left out or null, both meaning "none"; becomes `null`. */
export function nullable<T>(checker: Checker<T>): OptionalChecker<T | null> {
  const check = (value: unknown, argument: string) =>
    value === undefined || value === null ? null : checker(value, argument);
  return Object.assign(check, { optional: true as const });
}

/** One of the strings given. */
export function oneOf<T extends string>(...allowed: T[]): Checker<T> {
  return (value, argument) => {
    if (!allowed.includes(value as T)) throw refuse(argument, allowed.join(" or "), value);
    return value as T;
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Checks an argument object against a shape: every argument present, of its type and in range,
 * and none that the shape does not know (a misspelt optional argument would be lost silently).
 */
export function checkArguments<S extends Shape>(
  subject: string,
  shape: S,
  input: unknown,
): Checked<S> {
  if (!isObject(input)) throw refuse(subject, "an argument object", input);
  for (const name of Object.keys(input)) {
    if (!(name in shape)) {
      const known = Object.keys(shape).join(", ");
      const message = `${name} is no argument of ${subject}: it takes ${known || "none"}`;
      throw new InvalidArgument("ARGUMENT_UNKNOWN", name, message);
    }
  }
  return checkFields(subject, shape, input);
}

/** As {@link checkArguments}, for an object that may carry more, such as a batch of settles. */
export function checkFields<S extends Shape>(
  subject: string,
  shape: S,
  input: unknown,
): Checked<S> {
  if (!isObject(input)) throw refuse(subject, "an argument object", input);
  const values = Object.entries(shape).map(([name, check]) => [name, check(input[name], name)]);
  return Object.fromEntries(values) as Checked<S>;
}

/** Checks a part; an error names the whole path, which is put together only then. */
function at<T>(check: Checker<T>, value: unknown, argument: string, part: string): T {
  try {
    return check(value, argument);
  } catch {
    return check(value, `${argument}${part}`);
  }
}

/**
 * An object that has these fields, such as a decoded book; others are none of ours. Given back as it
 * is: for what the SDK itself has made, which is too large or too frequent to be copied.
 */
export function having<S extends Shape>(shape: S, want = "an object"): Checker<Arguments<S>> {
  const fields = Object.entries(shape);
  return (value, argument) => {
    if (!isObject(value)) throw refuse(argument, want, value);
    for (const [name, check] of fields) {
      at(check, value[name], argument, `.${name}`);
    }
    return value as Arguments<S>;
  };
}

/** An object of a shape; errors name the path of the field, `proof.entry`. */
export function struct<S extends Shape>(shape: S): Checker<Checked<S>> {
  return (value, argument) => {
    if (value === undefined) throw refuse(argument, "an object", value);
    try {
      return checkArguments(argument, shape, value);
    } catch (error) {
      if (!(error instanceof InvalidArgument) || error.argument === argument) throw error;
      const message = `${argument}.${error.message}`;
      throw new InvalidArgument(error.code, `${argument}.${error.argument}`, message);
    }
  };
}
