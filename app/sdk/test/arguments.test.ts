import { expect } from "chai";
import { InvalidArgument } from "../src";
import { BUILDERS, type BuilderCase } from "./builders";

/** What a builder must refuse in the place of a good value, with the code it must give. */
function badValues(good: unknown): [unknown, InvalidArgument["code"]][] {
  if (typeof good === "bigint") {
    return [
      [Number(good), "ARGUMENT_TYPE"],
      [`${good}`, "ARGUMENT_TYPE"],
      [2n ** 64n, "ARGUMENT_RANGE"],
      [-(2n ** 63n) - 1n, "ARGUMENT_RANGE"],
    ];
  }
  if (typeof good === "number") {
    return [
      [BigInt(good), "ARGUMENT_TYPE"],
      [1.5, "ARGUMENT_TYPE"],
      [Number.NaN, "ARGUMENT_TYPE"],
      [-1, "ARGUMENT_RANGE"],
      [2 ** 32, "ARGUMENT_RANGE"],
    ];
  }
  if (typeof good === "boolean") return [[1, "ARGUMENT_TYPE"]];
  if (good instanceof Uint8Array) {
    return [
      [good.subarray(1), "ARGUMENT_RANGE"],
      ["domain", "ARGUMENT_TYPE"],
    ];
  }
  return [
    ["11111111111111111111111111111111", "ARGUMENT_TYPE"],
    [{}, "ARGUMENT_TYPE"],
    [5n, "ARGUMENT_TYPE"],
  ];
}

const isPlain = (value: unknown): boolean => value?.constructor === Object;

function refusal({ build }: BuilderCase, args: unknown): InvalidArgument {
  try {
    build(args as never);
  } catch (error) {
    if (error instanceof InvalidArgument) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

for (const builder of BUILDERS) {
  const { instruction, build, args, optional = [] } = builder;

  describe(`sdk / ${instruction} arguments`, () => {
    it("accepts good ones", () => {
      expect(build(args as never).keys).to.not.be.empty;
    });

    for (const [name, good] of Object.entries(args)) {
      const without = { ...args, [name]: undefined };
      if (optional.includes(name)) {
        it(`does without ${name}`, () => {
          expect(build(without as never).keys).to.not.be.empty;
        });
      } else {
        it(`refuses to do without ${name}`, () => {
          const { argument, message } = refusal(builder, without);
          expect(argument.split(".")[0]).to.equal(name);
          expect(message).to.include("give");
        });
      }
      if (isPlain(good)) continue;
      it(`refuses a bad ${name}`, () => {
        for (const [bad, code] of badValues(good)) {
          const error = refusal(builder, { ...args, [name]: bad });
          expect([error.code, error.argument]).to.deep.equal([code, name], String(bad));
        }
      });
    }

    it("refuses an argument it does not know, and none at all", () => {
      const error = refusal(builder, { ...args, mintt: 1 });
      expect([error.code, error.argument]).to.deep.equal(["ARGUMENT_UNKNOWN", "mintt"]);
      expect(refusal(builder, undefined).code).to.equal("ARGUMENT_MISSING");
      expect(refusal(builder, null).code).to.equal("ARGUMENT_TYPE");
    });
  });
}

describe("sdk / ranges of one width", () => {
  const settle = BUILDERS.find(({ instruction }) => instruction === "settle") as BuilderCase;
  const refuses = (part: Record<string, unknown>) => {
    const { code, argument } = refusal(settle, { ...settle.args, ...part });
    return `${code} ${argument}`;
  };

  it("refuse u16 beyond 65,535 and u8 beyond 255", () => {
    const claim = BUILDERS.find(({ instruction }) => instruction === "claim") as BuilderCase;
    expect(refusal(claim, { ...claim.args, line: 65_536 }).argument).to.equal("line");
    expect(refuses({ proof: { instruction: 256, entry: 0 } })).to.equal(
      "ARGUMENT_RANGE proof.instruction",
    );
    expect(refuses({ proof: { instruction: 0 } })).to.equal("ARGUMENT_MISSING proof.entry");
  });

  it("refuse u64 below zero and i64 beyond its width", () => {
    const fund = BUILDERS.find(({ instruction }) => instruction === "fund_line") as BuilderCase;
    expect(refusal(fund, { ...fund.args, amount: -1n }).code).to.equal("ARGUMENT_RANGE");
    const signer = BUILDERS.find(({ instruction }) => instruction === "set_voucher_signer");
    const tooLate = { ...signer?.args, expiresAt: 2n ** 63n };
    expect(refusal(signer as BuilderCase, tooLate).argument).to.equal("expiresAt");
  });

  it("refuse targets by their path", () => {
    const dense = (part: object) =>
      refuses({ targets: { kind: "dense", start: 0, cumulative: [1n], ...part } });
    const sparse = (entries: unknown) => refuses({ targets: { kind: "sparse", entries } });
    expect(dense({ kind: "thin" })).to.equal("ARGUMENT_TYPE targets.kind");
    expect(dense({ start: 65_536 })).to.equal("ARGUMENT_RANGE targets.start");
    expect(dense({ cumulative: [] })).to.equal("ARGUMENT_RANGE targets.cumulative");
    expect(dense({ cumulative: [1n, 2] })).to.equal("ARGUMENT_TYPE targets.cumulative[1]");
    expect(dense({ start: 65_535, cumulative: [1n, 2n] })).to.equal(
      "ARGUMENT_RANGE targets.cumulative",
    );
    expect(sparse([])).to.equal("ARGUMENT_RANGE targets.entries");
    expect(sparse([{ line: 1 }])).to.equal("ARGUMENT_MISSING targets.entries[0].cumulative");
    expect(sparse([{ line: -1, cumulative: 1n }])).to.equal(
      "ARGUMENT_RANGE targets.entries[0].line",
    );
  });
});
