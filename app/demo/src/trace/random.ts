import { createHash } from "node:crypto";

/** Independent, repeatable draws: the same seed and purpose always give the same sequence. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform whole number in [0, below). */
  below(below: number): number;
}

/** 32 bytes that belong to a seed and a purpose, for keys and generators. */
export function seedBytes({ seed, purpose }: { seed: string; purpose: string }): Buffer {
  return createHash("sha256").update(`pinfi:demo:${purpose}:${seed}`).digest();
}

/** xoshiro128** (Blackman and Vigna, public domain), seeded by SHA-256. */
export function createRandom({ seed, purpose }: { seed: string; purpose: string }): Random {
  const bytes = seedBytes({ seed, purpose });
  let a = bytes.readUInt32LE(0);
  let b = bytes.readUInt32LE(4);
  let c = bytes.readUInt32LE(8);
  let d = bytes.readUInt32LE(12) | 1;
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
  const word = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
  const next = (): number => ((word() >>> 5) * 67_108_864 + (word() >>> 6)) / 9_007_199_254_740_992;
  return { next, below: (below) => Math.floor(next() * below) };
}
