import { BN, BorshInstructionCoder, type Idl } from "@coral-xyz/anchor";
import { PublicKey } from "@solana/web3.js";

import { expect } from "chai";
import { associatedTokenAddress, TOKEN_PROGRAM_ID } from "../src";
import { accountsOf } from "../src/idl";
import * as sdk from "../src/streams";
import { STREAMS_IDL, STREAMS_PROGRAM_ID, type Targets } from "../src/streams";
import { BUILDERS, key } from "./builders";

/** Values as Anchor's coder wants them: BN, snake case, enums as `{ Dense: {} }`. */
function forAnchor(value: unknown): unknown {
  if (typeof value === "bigint") return new BN(value.toString());
  if (value instanceof PublicKey) return value;
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(forAnchor);
  if (typeof value !== "object" || value === null) return value;
  if ("kind" in value) {
    const { kind, ...fields } = value as Targets;
    return { [kind === "dense" ? "Dense" : "Sparse"]: forAnchor(fields) };
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [snake(name), forAnchor(item)]),
  );
}

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe("sdk / instructions", () => {
  const coder = new BorshInstructionCoder(STREAMS_IDL as Idl);

  it("has a builder for each instruction of the IDL", () => {
    const built = BUILDERS.map(({ instruction }) => instruction).sort();
    expect(built).to.deep.equal(STREAMS_IDL.instructions.map(({ name }) => name).sort());
  });

  for (const { instruction, build, args, idlArgs = args } of BUILDERS) {
    const idl = STREAMS_IDL.instructions.find(({ name }) => name === instruction);

    it(`${instruction}: encodes as Anchor does`, () => {
      const values = forAnchor(idlArgs) as Record<string, unknown>;
      const wrapped = idl?.args[0]?.name === "args" ? { args: values } : values;
      const anchor = coder.encode(instruction, wrapped);
      expect(build(args as never).data.toString("hex")).to.equal(anchor.toString("hex"));
    });

    it(`${instruction}: names the accounts of the IDL in order, with their flags`, () => {
      const { keys, programId } = build(args as never);
      expect(programId.equals(STREAMS_PROGRAM_ID)).to.equal(true);
      const listed = accountsOf(idl?.accounts ?? []).map(({ account }) => account);
      const flags = keys.map(({ isSigner, isWritable }) => [isSigner, isWritable]);
      expect(flags.slice(0, listed.length)).to.deep.equal(
        listed.map(({ signer = false, writable = false }) => [signer, writable]),
      );
      for (const more of flags.slice(listed.length)) expect(more).to.deep.equal([false, true]);
      listed.forEach(({ name, address }, index) => {
        const given = args[name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())];
        const expected = address ?? (given as PublicKey | undefined)?.toBase58();
        if (expected) expect(keys[index]?.pubkey.toBase58()).to.equal(expected, name);
      });
    });
  }

  it("puts books and destinations behind the accounts of the IDL", () => {
    const targets: Targets = { kind: "dense", start: 0, cumulative: [1n] };
    const signature = new Uint8Array(64);
    const vouchers = [5, 6].map((seed) => ({
      book: key(seed),
      signer: key(7),
      targets,
      signature,
    }));
    const settled = sdk.settleMany({ vouchers }).keys.map(({ pubkey }) => pubkey);
    expect(settled).to.deep.equal([key(5), key(6)]);
    const claims = [8, 9].map((seed) => ({ line: seed, payee: key(seed) }));
    const claimed = sdk.claimMany({ book: key(1), mint: key(2), claims }).keys;
    expect(claimed.slice(-2).map(({ pubkey }) => pubkey)).to.deep.equal(
      [8, 9].map((seed) => associatedTokenAddress({ owner: key(seed), mint: key(2) })),
    );
    for (const many of [[], new Array(65).fill(vouchers[0])]) {
      expect(() => sdk.settleMany({ vouchers: many })).to.throw("give 1 to 64");
    }
  });

  it("stands the program in for an optional account", () => {
    const { keys } = sdk.collectFees({ book: key(1), mint: key(2) });
    const index = STREAMS_IDL.instructions
      .find(({ name }) => name === "collect_fees")
      ?.accounts.findIndex(({ name }) => name === "treasury");
    expect(keys[index as number]).to.deep.equal({
      pubkey: STREAMS_PROGRAM_ID,
      isSigner: false,
      isWritable: false,
    });
  });

  it("derives vault and token program by default", () => {
    const { keys } = sdk.deposit({
      book: key(1),
      mint: key(2),
      funder: key(3),
      source: key(4),
      amount: 1n,
    });
    const named = keys.map(({ pubkey }) => pubkey.toBase58());
    expect(named).to.include(sdk.vaultAddress({ book: key(1), mint: key(2) }).toBase58());
    expect(named).to.include(TOKEN_PROGRAM_ID.toBase58());
  });
});
