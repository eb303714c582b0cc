import { expect } from "chai";
import { bundled, total } from "./bundled";

describe("sdk / a bundle of one builder does not carry the rest", () => {
  it("web3.js: neither vouchers, packing, quotes, sending nor signatures", async () => {
    const files = Object.keys(await bundled('export { deposit } from "@pinfi/sdk/streams"'));
    expect(files).to.include("sdk/src/streams/instructions/books.ts");
    expect(
      files.filter((file) => /vouchers|packing|quotes|math|crypto|send|lines/.test(file)),
    ).to.eql([]);
    const all = Object.keys(await bundled('export * from "@pinfi/sdk/streams"'));
    expect(all).to.include.members([
      "sdk/src/streams/vouchers/voucher.ts",
      "sdk/src/streams/packing/pack.ts",
    ]);
  });

  it("web3.js: what is about transactions carries no program", async () => {
    const files = Object.keys(await bundled('export { compileTransaction } from "@pinfi/sdk"'));
    expect(files).to.include("sdk/src/tx/compile.ts");
    expect(files.filter((file) => /streams|generated/.test(file))).to.eql([]);
  });

  const clients = { "client-kit": "getDepositInstruction", "client-umi": "deposit" };
  for (const [client, builder] of Object.entries(clients)) {
    it(`${client}: a twentieth of it at most`, async () => {
      const one = await bundled(`export { ${builder} } from "@pinfi/${client}/streams"`);
      const all = await bundled(`export * from "@pinfi/${client}/streams"`);
      expect(total(one)).to.be.greaterThan(0);
      expect(total(one) * 20).to.be.lessThan(total(all));
    });
  }
});
