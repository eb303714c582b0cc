import { type Idl as AnchorIdl, BN, BorshInstructionCoder } from "@coral-xyz/anchor";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { accountsOf, type Idl } from "../src/idl";
import type { BuilderCase } from "./builders";

/** Values as Anchor's coder wants them: BN, snake case, enums as `{ Dense: {} }`. */
function forAnchor(value: unknown): unknown {
  if (typeof value === "bigint") return new BN(value.toString());
  if (value instanceof PublicKey) return value;
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(forAnchor);
  if (typeof value !== "object" || value === null) return value;
  if ("kind" in value && typeof value.kind === "string") {
    const { kind, ...fields } = value;
    return { [kind.charAt(0).toUpperCase() + kind.slice(1)]: forAnchor(fields) };
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [snake(name), forAnchor(item)]),
  );
}

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Tests, inside a `describe`, that a program's builders make what its IDL says, all of it. */
export function itBuildsInstructions(idl: Idl, builders: readonly BuilderCase<string>[]): void {
  const coder = new BorshInstructionCoder(idl as AnchorIdl);

  it("has a builder for each instruction of the IDL", () => {
    const built = builders.map(({ instruction }) => instruction).sort();
    expect(built).to.deep.equal(idl.instructions.map(({ name }) => name).sort());
  });

  for (const { instruction, build, args, idlArgs = args } of builders) {
    const found = idl.instructions.find(({ name }) => name === instruction);

    it(`${instruction}: encodes as Anchor does`, () => {
      const values = forAnchor(idlArgs) as Record<string, unknown>;
      const wrapped = found?.args[0]?.name === "args" ? { args: values } : values;
      const anchor = coder.encode(instruction, wrapped);
      expect(build(args as never).data.toString("hex")).to.equal(anchor.toString("hex"));
    });

    it(`${instruction}: names the accounts of the IDL in order, with their flags`, () => {
      const { keys, programId } = build(args as never);
      expect(programId.toBase58()).to.equal(idl.address);
      const listed = accountsOf(found?.accounts ?? []).map(({ account }) => account);
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
}
