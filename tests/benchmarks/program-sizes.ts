import { readProgram } from "../harness/program-file";
import { repositoryPrograms } from "../harness/programs";
import { aligned } from "./aligned";
import { serve } from "./committed";
import { deploymentOf, inSol, type Size } from "./deployment";

const INTRODUCTION = `# Program sizes

Written by \`npm run bench:size\`; \`npm run bench:size -- --check\` compares the programs that were
built here with the JSON beside this file. The sizes are those of PinFi's own toolchain.

- **rent**: 5,080 lamports (the present price of mainnet) for each byte of the program's two accounts:
  128 + 36 at its address, 128 + 45 + the file's where its bytes are. It comes back when the program
  is closed. The buffer that is written first holds nearly the same sum, which then pays for this.
- **fees**: 5,000 lamports a signature: 2 to make the buffer, 1 for each 1,012 bytes written, 2 to make
  the program of it. What a cluster asks for priority comes on top.
`;

const HEADINGS = ["program", "bytes", "rent, lamports", "fees, lamports", "transactions", "SOL"];

/** The sizes of all programs as they were built, of both versions of SBPF. */
function measureSizes(): Record<string, Size> {
  const files = repositoryPrograms().flatMap(({ name }) =>
    (["v0", "v3"] as const).map((version): [string, number] => [
      `${name}.${version}`,
      readProgram(name, version).length,
    ]),
  );
  return Object.fromEntries(
    files.map(([name, bytes]) => [name, { bytes, ...deploymentOf(bytes) }]),
  );
}

function toMarkdown(table: Record<string, Size>): string {
  const rows = Object.entries(table).map(([name, size]) => {
    const { bytes, rent, fees, transactions } = size;
    const figures = [bytes, rent, fees, transactions].map((figure) => figure.toLocaleString("en"));
    return [name, ...figures, inSol(size)];
  });
  return [INTRODUCTION, ...aligned([HEADINGS, ...rows]), ""].join("\n");
}

serve({
  file: "program-sizes",
  what: "program sizes",
  command: "npm run bench:size",
  measure: async () => measureSizes(),
  toMarkdown,
});
