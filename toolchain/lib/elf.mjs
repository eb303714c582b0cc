// Which version of SBPF a program was made for: the flags in its ELF header say it.
import { closeSync, openSync, readSync } from "node:fs";
import { Stop } from "./stop.mjs";

const FLAGS_OFFSET = 48;

export function sbpfVersion(file) {
  const header = Buffer.alloc(64);
  const fd = openSync(file, "r");
  const length = readSync(fd, header, 0, 64, 0);
  closeSync(fd);
  if (length < 64 || header.toString("latin1", 1, 4) !== "ELF")
    throw new Stop(`${file} is not a program (no ELF header)`);
  return `v${header.readUInt32LE(FLAGS_OFFSET)}`;
}
