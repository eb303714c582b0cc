import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import * as core from "../src";
import * as sdk from "../src/registry";
import { itBuildsInstructions } from "./builder-suite";
import { key } from "./builders";
import { REGISTRY_BUILDERS } from "./registry-builders";
import { functionsOf, itRefusesWrongInput } from "./surface-suite";
import { one, type Sample, under } from "./surface-values";

/** An account of registry with nothing but zeros behind its first bytes, save one. */
function account(name: sdk.RegistryAccount, length: number, [at, byte] = [8, 0]) {
  const data = Buffer.alloc(8 + length);
  const found = sdk.REGISTRY_IDL.accounts?.find((one) => one.name === name);
  data.set(found?.discriminator ?? []);
  data.writeUInt8(byte, at);
  return { owner: sdk.REGISTRY_PROGRAM_ID, data };
}

const [CONFIG, CLASS, REGION, OPERATOR] = [
  account("Config", 2 * 32 + 2 * 8 + 2 * 4 + 2 + 1),
  account("HardwareClass", 32 + 2 + 1 + 3 * 4 + 1 + 8 + 1 + 1, [8, "x".charCodeAt(0)]),
  account("Region", 32 + 3 * 2 + 1 + 1, [8, "y".charCodeAt(0)]),
  account("Operator", 2 * 32 + 4 + 8 + 8 * 34 + 1),
];
const accept = sdk.acceptOperator({ nominee: key(1), operator: key(2) });
const plain = { ...accept, keys: accept.keys.map((meta) => ({ ...meta })) };

const SAMPLES: Record<string, Sample> = {
  ...Object.fromEntries(
    REGISTRY_BUILDERS.map(({ build, args, optional = [] }): [string, Sample] => [
      build.name,
      one(build, args, { optional: under("0", optional) }),
    ]),
  ),
  configAddress: { run: sdk.configAddress, args: [] },
  programDataAddress: { run: sdk.programDataAddress, args: [] },
  classAddress: one(sdk.classAddress, { id: 3 }),
  regionAddress: one(sdk.regionAddress, { id: 3 }),
  operatorAddress: one(sdk.operatorAddress, { id: 3 }),
  decodeConfig: one(sdk.decodeConfig, CONFIG),
  decodeClass: one(sdk.decodeClass, CLASS),
  decodeRegion: one(sdk.decodeRegion, REGION),
  decodeOperator: one(sdk.decodeOperator, OPERATOR),
  decodeEvents: one(sdk.decodeEvents, ["Program log: x"]),
  explainError: one(sdk.explainError, 6_000, { anything: ["0"] }),
  "REGISTRY.discriminator": one(sdk.REGISTRY.discriminator, "pause"),
  "REGISTRY.accountDiscriminator": one(sdk.REGISTRY.accountDiscriminator, "Operator"),
  "REGISTRY.accountMetas": {
    run: sdk.REGISTRY.accountMetas,
    args: ["set_payout", { authority: key(1), operator: key(2) }],
  },
  "REGISTRY.instruction": {
    run: sdk.REGISTRY.instruction,
    args: [
      "nominate_operator",
      {
        accounts: { authority: key(1), operator: key(2) },
        args: { nominee: key(3) },
        remaining: [{ pubkey: key(3), isSigner: false, isWritable: true }],
      },
    ],
    optional: ["1.remaining"],
  },
  "REGISTRY.parse": one(sdk.REGISTRY.parse, plain),
  "REGISTRY.fieldsOf": one(sdk.REGISTRY.fieldsOf, "Operator"),
  "REGISTRY.openAccount": { run: sdk.REGISTRY.openAccount, args: ["Config", CONFIG] },
  "REGISTRY.decodeAccount": { run: sdk.REGISTRY.decodeAccount, args: ["Config", CONFIG] },
  "REGISTRY.decodeEvents": one(sdk.REGISTRY.decodeEvents, ["Program log: x"]),
};

describe("sdk / registry", () => {
  itBuildsInstructions(sdk.REGISTRY_IDL, REGISTRY_BUILDERS);

  const describer = core.createDescriber([sdk.REGISTRY_DESCRIBED]);
  for (const { instruction, build, args } of REGISTRY_BUILDERS) {
    it(`${instruction}: has a sentence in which nothing is missing`, () => {
      const sentence = describer.instruction(build(args as never));
      expect(sentence).to.match(/^[a-z]/);
      expect(sentence).to.not.match(/undefined|null|none|NaN|\[object/);
      expect(sentence).to.not.include("does not know");
    });
  }

  it("says to whom an operator's pay goes, and what each gets", () => {
    const payout = [
      { recipient: key(3), bps: 9_950 },
      { recipient: key(4), bps: 50 },
    ];
    const [authority, operator] = [key(1), key(2)];
    expect(describer.instruction(sdk.setPayout({ authority, operator, payout }))).to.equal(
      `splits the pay of operator ${operator.toBase58()}: 99.5 % to ${key(3).toBase58()}, 0.5 % to ${key(4).toBase58()}`,
    );
  });

  it("says that the default key takes a nomination back", () => {
    const [authority, operator, nominee] = [key(1), key(2), PublicKey.default];
    expect(describer.instruction(sdk.nominateOperator({ authority, operator, nominee }))).to.equal(
      `takes back the nomination as the authority of operator ${operator.toBase58()}`,
    );
    expect(describer.instruction(sdk.nominateAuthority({ authority, nominee }))).to.equal(
      "takes back the nomination as the authority of registry",
    );
  });

  it("describes a pause that ends beyond every calendar", () => {
    const pause = sdk.pause({ authority: key(1), until: 2n ** 63n - 1n });
    expect(describer.instruction(pause)).to.equal(
      "takes no new operators until unix second 9223372036854775807",
    );
  });

  it("makes no room for the 30 million recipients that 46 bytes claim", () => {
    const payout = [{ recipient: key(3), bps: 10_000 }];
    const real = sdk.setPayout({ authority: key(1), operator: key(2), payout });
    const data = Buffer.from(real.data);
    data.writeUInt32LE(30_000_000, 8);
    const before = process.memoryUsage().heapUsed;
    expect(describer.instruction({ ...real, data })).to.include("cannot be read");
    expect(process.memoryUsage().heapUsed - before).to.be.below(50_000_000);
    expect(describer.instruction(real)).to.include("100 % to");
  });

  it("takes names of 1 to 32 bytes of UTF-8", () => {
    const build = (name: string) => () =>
      sdk.setRegion({ ...(REGISTRY_BUILDERS[6]?.args as never as object), name } as never);
    for (const name of ["", "x".repeat(33), "ü".repeat(17), "a\0b"]) {
      expect(build(name)).to.throw(core.InvalidArgument).with.property("code", "ARGUMENT_RANGE");
    }
    for (const name of ["x", "x".repeat(32), "ü".repeat(16)]) expect(build(name)).to.not.throw();
  });

  it("refuses a name that is no UTF-8", () => {
    const data = Buffer.from(REGION.data);
    data.writeUInt8(0xff, 8);
    expect(() => sdk.decodeRegion({ ...REGION, data })).to.throw("a name is no UTF-8");
  });

  it("explains a bare code as one of its own", () => {
    const code = sdk.REGISTRY_ERRORS.find(({ name }) => name === "ClassFixed")?.code;
    expect(sdk.explainError(code)).to.deep.include({ source: "registry", name: "ClassFixed" });
  });
});

describe("sdk / the public surface of registry", () => {
  it("W17 is in the table, every export and every method of an exported program", () => {
    expect(Object.keys(SAMPLES).sort()).to.deep.equal(functionsOf({ ...sdk }).sort());
    const both = Object.keys(core).filter((name) => name in sdk);
    expect(both, "a name of a program that the shared part has too").to.deep.equal([]);
  });

  itRefusesWrongInput(SAMPLES);
});
