import { aligned } from "./aligned";
import type { Table } from "./measure";

const INTRODUCTION = `# Compute units

Written by \`npm run bench:cu\`; \`npm run bench:cu -- --check\` compares a fresh measurement with the
JSON beside this file. Measured on LiteSVM 1.5 (current runtime, p-token) with fixed keys, so that
the figures repeat.

- **units**: compute units of the program itself, what it calls included.
- **cost units**: what the whole transaction counts against a block: 720 a signature, 2,400 a voucher
  signature, 300 a write lock, 1 for 4 bytes of instruction data, 8 for each 32 KiB of account data
  asked for, and the units executed.
- Single instructions travel in a v0 transaction that asks for 1 MiB of account data, settles in one
  that asks for what they need. Only the largest v0 settle has no room to ask, and so pays for the
  default of 64 MiB: 16,384 cost units.
- **rent**: what an instruction locks up in the accounts that it creates or makes longer, at the
  present 5,080 lamports a byte. It comes back when they are closed.
`;

const number = (value: number | undefined): string =>
  value === undefined ? "" : value.toLocaleString("en-US");

const HEADINGS = [
  "case",
  "units",
  "cost units",
  "bytes",
  "accounts",
  "targets",
  "cost units a target",
  "rent, lamports",
];

/** The table as people read it. */
export function toMarkdown(table: Table): string {
  const rows = Object.entries(table).map(([name, row]) => {
    const { units, costUnits, bytes, accounts, targets, rent } = row;
    const each = targets === undefined ? "" : (costUnits / targets).toFixed(1);
    return [name, ...[units, costUnits, bytes, accounts, targets].map(number), each, number(rent)];
  });
  return [INTRODUCTION, ...aligned([HEADINGS, ...rows]), ""].join("\n");
}
