// What a program's file says: enough of ELF and SBPF to read its version and its system calls.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROGRAM_DIRECTORY, PROGRAM_DIRECTORY_V3 } from "@pinfi/localnet";

/** A program's file of either version of SBPF, as `npm run build` left it. */
export const readProgram = (name: string, version: "v0" | "v3"): Buffer =>
  readFileSync(join(version === "v0" ? PROGRAM_DIRECTORY : PROGRAM_DIRECTORY_V3, `${name}.so`));

/** Which version of SBPF a file is for. */
export const sbpfVersionOf = (elf: Buffer): number => elf.readUInt32LE(48);

/** A part of the file that the runtime puts at an address. */
export interface Segment {
  executable: boolean;
  address: bigint;
  bytes: Buffer;
}

/** The parts of a v3 file, which says nothing else. */
export function segmentsOf(elf: Buffer): Segment[] {
  return headers(elf, { table: 32, size: 54, count: 56 }).map((header) => {
    const [at, length] = [numberAt(header, 8), numberAt(header, 32)];
    return {
      executable: (header.readUInt32LE(4) & 1) === 1,
      address: header.readBigUInt64LE(16),
      bytes: elf.subarray(at, at + length),
    };
  });
}

/** Bytes of a section of a v0 file. */
export function sectionOf(elf: Buffer, name: string): Buffer {
  const sections = headers(elf, { table: 40, size: 58, count: 60 });
  const bytesOf = (header: Buffer): Buffer => {
    const at = numberAt(header, 24);
    return elf.subarray(at, at + numberAt(header, 32));
  };
  const names = sections[elf.readUInt16LE(62)];
  const found = sections.find(
    (header) => names !== undefined && textAt(bytesOf(names), header.readUInt32LE(0)) === name,
  );
  if (found === undefined) throw new Error(`the file has no section ${name}`);
  return bytesOf(found);
}

/** System calls of a v0 file, by name: its symbols that are defined elsewhere. */
export function systemCallNames(elf: Buffer): string[] {
  const names = sectionOf(elf, ".dynstr");
  const symbols = chunks(sectionOf(elf, ".dynsym"), 24).slice(1);
  return symbols
    .filter((symbol) => symbol.readUInt16LE(6) === 0)
    .map((symbol) => textAt(names, symbol.readUInt32LE(0)));
}

const [CALL, WIDE] = [0x85, 0x18];

/** Instructions, a wide one (16 bytes) as one. */
export function instructionsOf(text: Buffer): Buffer[] {
  const slots = chunks(text, 8);
  return slots.filter((_, at) => slots[at - 1]?.[0] !== WIDE);
}

/** System calls of a v3 file, which holds hashes of their names. */
export function systemCallHashes(elf: Buffer): number[] {
  const text = segmentsOf(elf).find(({ executable }) => executable)?.bytes ?? Buffer.alloc(0);
  const calls = instructionsOf(text).filter((one) => one[0] === CALL && sourceOf(one) === 0);
  return [...new Set(calls.map((one) => one.readUInt32LE(4)))];
}

const sourceOf = (instruction: Buffer): number => (instruction[1] ?? 0) >> 4;

/** MurmurHash3 (32 bits, seed 0), which SBPF takes for the names of system calls. */
export function hashOfName(name: string): number {
  const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
  const scramble = (x: number): number =>
    Math.imul(rotate(Math.imul(x, 0xcc9e2d51), 15), 0x1b873593);
  const bytes = Buffer.from(name);
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0;
  for (let at = 0; at < whole; at += 4) {
    hash = (Math.imul(rotate(hash ^ scramble(bytes.readInt32LE(at)), 13), 5) + 0xe6546b64) | 0;
  }
  if (whole < bytes.length) hash ^= scramble(bytes.readUIntLE(whole, bytes.length - whole));
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The entries of a table whose place, entry size and count stand at these offsets of the file. */
function headers(elf: Buffer, at: { table: number; size: number; count: number }): Buffer[] {
  const start = numberAt(elf, at.table);
  const size = elf.readUInt16LE(at.size);
  return chunks(elf.subarray(start, start + size * elf.readUInt16LE(at.count)), size);
}

const numberAt = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

const textAt = (bytes: Buffer, at: number): string =>
  bytes.toString("latin1", at, bytes.indexOf(0, at));

const chunks = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: bytes.length / size }, (_, nth) =>
    bytes.subarray(nth * size, (nth + 1) * size),
  );
