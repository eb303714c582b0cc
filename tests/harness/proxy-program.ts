/**
 * An attacker's program, put together by hand so that no second compiler is needed: it calls
 * the program in its first account with its other two accounts and its own instruction data.
 * SBPF v0; the C form of the call, whose records are laid out on the heap.
 */

const HEAP = 0x3_0000_0000n;
/** Where on the heap the records of the call are. */
const [INSTRUCTION, METAS, INFOS] = [0, 0x40, 0x80];
const ACCOUNTS = 3;
const [INFO_SIZE, META_SIZE] = [56, 16];
/** Fields of an account in the runtime's input. */
const INPUT = { signer: 1, writable: 2, executable: 3, key: 8, owner: 40, lamports: 72, len: 80 };
const INPUT_DATA = 88;
/** Room to grow behind an account's data, and its rent epoch. */
const [GROWTH, RENT_EPOCH] = [10_240, 8];

/** One instruction slot: opcode, destination, source, offset, immediate. */
function slot(opcode: number, dst: number, src: number, offset: number, immediate: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt8(dst | (src << 4), 1);
  bytes.writeInt16LE(offset, 2);
  bytes.writeInt32LE(immediate, 4);
  return bytes;
}

const move = (dst: number, src: number) => slot(0xbf, dst, src, 0, 0);
const set = (dst: number, value: number) => slot(0xb7, dst, 0, 0, value);
const add = (dst: number, value: number) => slot(0x07, dst, 0, 0, value);
const addRegister = (dst: number, src: number) => slot(0x0f, dst, src, 0, 0);
const and = (dst: number, mask: number) => slot(0x57, dst, 0, 0, mask);
const load = (dst: number, src: number, at: number) => slot(0x79, dst, src, at, 0);
const loadByte = (dst: number, src: number, at: number) => slot(0x71, dst, src, at, 0);
const store = (dst: number, at: number, src: number) => slot(0x7b, dst, src, at, 0);
const storeByte = (dst: number, at: number, src: number) => slot(0x73, dst, src, at, 0);
const wide = (dst: number, value: bigint) => [
  slot(0x18, dst, 0, 0, Number(BigInt.asIntN(32, value))),
  slot(0, 0, 0, 0, Number(value >> 32n)),
];

/** r6: the heap; r7: the account being read. */
function code(): { text: Buffer; callAt: number } {
  const [heap, at] = [6, 7];
  const pointer = (field: number, to: number) => [move(3, at), add(3, field), store(heap, to, 3)];
  const flag = (field: number, to: number) => [loadByte(5, at, field), storeByte(heap, to, 5)];
  const account = (index: number): Buffer[] => {
    const info = INFOS + INFO_SIZE * index;
    const meta = METAS + META_SIZE * (index - 1);
    return [
      ...pointer(INPUT.key, info),
      ...pointer(INPUT.lamports, info + 8),
      load(4, at, INPUT.len),
      store(heap, info + 16, 4),
      ...pointer(INPUT_DATA, info + 24),
      ...pointer(INPUT.owner, info + 32),
      ...flag(INPUT.signer, info + 48),
      ...flag(INPUT.writable, info + 49),
      ...flag(INPUT.executable, info + 50),
      ...(index === 0
        ? []
        : [
            ...pointer(INPUT.key, meta),
            ...flag(INPUT.writable, meta + 8),
            ...flag(INPUT.signer, meta + 9),
          ]),
      add(4, GROWTH + 7),
      and(4, -8),
      addRegister(at, 4),
      add(at, INPUT_DATA + RENT_EPOCH),
    ];
  };
  const heapPointer = (to: number, offset: number) => [
    move(3, heap),
    add(3, offset),
    store(heap, to, 3),
  ];
  const body = [
    ...wide(heap, HEAP),
    move(at, 1),
    add(at, 8),
    ...Array.from({ length: ACCOUNTS }, (_, index) => account(index)).flat(),
    load(3, heap, INFOS),
    store(heap, INSTRUCTION, 3),
    ...heapPointer(INSTRUCTION + 8, METAS),
    set(3, ACCOUNTS - 1),
    store(heap, INSTRUCTION + 16, 3),
    ...pointer(8, INSTRUCTION + 24),
    load(3, at, 0),
    store(heap, INSTRUCTION + 32, 3),
    move(1, heap),
    move(2, heap),
    add(2, INFOS),
    set(3, ACCOUNTS),
    set(4, 0),
    set(5, 0),
  ];
  const call = slot(0x85, 0, 1, 0, -1); // its target comes by relocation
  return { text: Buffer.concat([...body, call, slot(0x95, 0, 0, 0, 0)]), callAt: 8 * body.length };
}

const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => {
    bytes.writeBigUInt64LE(BigInt(value), 8 * index);
  });
  return bytes;
};

const TEXT_AT = 64 + 56; // file header, one program header

/** An attacker's program that does nothing and calls it success. */
export function idleProgram(): Buffer {
  const elf = proxyProgram();
  elf.set(Buffer.concat([set(0, 0), slot(0x95, 0, 0, 0, 0)]), TEXT_AT);
  return elf;
}

/** The program as an ELF file: text, one symbol, its one relocation. */
export function proxyProgram(): Buffer {
  const { text, callAt } = code();
  const sectionNames = Buffer.from("\0.text\0.dynsym\0.dynstr\0.rel.dyn\0.dynamic\0.shstrtab\0");
  const symbolNames = Buffer.from("\0sol_invoke_signed_c\0");
  const symbol = Buffer.alloc(48); // the null symbol and ours
  symbol.writeUInt32LE(1, 24);
  symbol.writeUInt8(0x10, 28); // global, no type, undefined

  const parts: [name: string, type: number, flags: number, entry: number, data: Buffer][] = [
    [".text", 1, 6, 0, text],
    [".dynsym", 11, 2, 24, symbol],
    [".dynstr", 3, 2, 0, Buffer.concat([symbolNames, Buffer.alloc(8 - (symbolNames.length % 8))])],
    [".rel.dyn", 9, 2, 16, words(TEXT_AT + callAt, 2 ** 32 + 10)], // symbol 1, R_BPF_64_32
    [".dynamic", 6, 3, 16, Buffer.alloc(80)],
    [
      ".shstrtab",
      3,
      0,
      0,
      Buffer.concat([sectionNames, Buffer.alloc(7 - ((sectionNames.length + 7) % 8))]),
    ],
  ];
  const offsets: number[] = [];
  let end = TEXT_AT;
  for (const [, , , , data] of parts) {
    offsets.push(end);
    end += data.length;
  }
  const [, symbolsAt = 0, , relocationAt = 0, dynamicAt = 0] = offsets;
  const dynamic = parts[4]?.[4];
  dynamic?.set(words(17, relocationAt, 18, 16, 19, 16, 6, symbolsAt, 0, 0));

  const sections = parts.map(([name, type, flags, entry, data], index) => {
    const header = Buffer.alloc(64);
    header.writeUInt32LE(sectionNames.indexOf(`${name}\0`), 0);
    header.writeUInt32LE(type, 4);
    header.set(words(flags, offsets[index] ?? 0, offsets[index] ?? 0, data.length), 8);
    header.writeUInt32LE(type === 11 || type === 6 ? 3 : type === 9 ? 2 : 0, 40); // linked section
    header.set(words(8, entry), 48);
    return header;
  });
  return Buffer.concat([
    fileHeader({ entry: TEXT_AT, sectionsAt: end, sections: parts.length + 1 }),
    programHeader({ type: 2, at: dynamicAt, size: 80 }),
    ...parts.map(([, , , , data]) => data),
    Buffer.alloc(64),
    ...sections,
  ]);
}

function fileHeader(numbers: { entry: number; sectionsAt: number; sections: number }): Buffer {
  const header = Buffer.alloc(64);
  header.set(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]));
  header.writeUInt16LE(3, 16); // shared object
  header.writeUInt16LE(247, 18); // BPF
  header.writeUInt32LE(1, 20);
  header.set(words(numbers.entry, 64, numbers.sectionsAt), 24);
  [64, 56, 1, 64, numbers.sections, numbers.sections - 1].forEach((value, index) => {
    header.writeUInt16LE(value, 52 + 2 * index);
  });
  return header;
}

function programHeader({ type, at, size }: { type: number; at: number; size: number }): Buffer {
  const header = Buffer.alloc(56);
  header.writeUInt32LE(type, 0);
  header.writeUInt32LE(4, 4);
  header.set(words(at, at, at, size, size, 8), 8);
  return header;
}
