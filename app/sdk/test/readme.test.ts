import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { maxBooks, maxDenseTargets, maxSparseTargets, type PackOptions } from "@pinfi/sdk/streams";
import { expect } from "chai";
import { bundled, total } from "./bundled";

const README = readFileSync(resolve(__dirname, "../README.md"), "utf8");

describe("sdk / README", () => {
  it("says what a bundle of one builder weighs", async () => {
    const kB = (bytes: number) => Math.round(bytes / 1_000);
    const files = await bundled('export { deposit } from "@pinfi/sdk/streams"');
    const kit = await bundled('export { getDepositInstruction } from "@pinfi/client-kit/streams"');
    const umi = await bundled('export { deposit } from "@pinfi/client-umi/streams"');
    const idl = files["sdk/src/generated/streams/idl.json"] ?? 0;
    const found =
      /is (\d+) kB minified, of\s+which (\d+) kB are the program's IDL; one of the generated clients (\d+) kB/.exec(
        README,
      );
    expect(found?.slice(1).map(Number)).to.deep.equal([
      kB(total(files)),
      kB(idl),
      kB(Math.max(total(kit), total(umi))),
    ]);
  });

  it("says what one transaction holds", () => {
    const row = (title: string): string[] => {
      const line = README.split("\n").find((each) => each.startsWith(`| ${title} `)) ?? "";
      return line
        .split("|")
        .slice(2, 4)
        .map((cell) => cell.trim());
    };
    const of = (
      most: (options: PackOptions) => number,
      options: Omit<PackOptions, "format"> = {},
    ) => (["v0", "v1"] as const).map((format) => String(most({ format, ...options })));
    expect(row("targets of a dense voucher")).to.deep.equal(of(maxDenseTargets));
    expect(row("targets of a sparse voucher")).to.deep.equal(of(maxSparseTargets));
    expect(row("books, each with a signer of its own")).to.deep.equal(of(maxBooks));
    const all = [maxDenseTargets, maxSparseTargets, maxBooks].map((most) =>
      of(most, { verifiedBy: "program" }),
    );
    const joined = [0, 1].map((format) => all.map((each) => each[format]).join(" \u00b7 "));
    expect(row("the same where streams verifies the signatures")).to.deep.equal(joined);
  });
});
