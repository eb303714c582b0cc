import { type Idl as AnchorIdl, BorshInstructionCoder } from "@coral-xyz/anchor";
import { Keypair, type PublicKey, type TransactionInstruction } from "@solana/web3.js";
import { expect } from "chai";
import { createExplainer, DecodeError, InvalidArgument } from "../src";
import type { Idl } from "../src/idl";
import { defineProgram, writable } from "../src/program/define";
import { STREAMS } from "../src/streams/program";

/** What streams' IDL does not have: groups of accounts, text, enums of several words, small signed integers. */
const SAMPLE: Idl = {
  address: Keypair.fromSeed(Buffer.alloc(32, 9)).publicKey.toBase58(),
  metadata: { name: "sample", version: "0.1.0", spec: "0.1.0" },
  instructions: [
    {
      name: "register_node",
      discriminator: [1, 2, 3, 4, 5, 6, 7, 8],
      accounts: [
        { name: "operator", signer: true, writable: true },
        {
          name: "token_side",
          accounts: [
            { name: "mint" },
            { name: "vault", writable: true },
            { name: "token_program", address: "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA" },
          ],
        },
        { name: "referrer", optional: true },
      ],
      args: [
        { name: "label", type: "string" },
        { name: "state", type: { defined: { name: "NodeState" } } },
        { name: "offset", type: "i16" },
        { name: "balance", type: "i128" },
      ],
    },
  ],
  types: [
    {
      name: "NodeState",
      type: {
        kind: "enum",
        variants: [
          { name: "NotReady" },
          { name: "UnderRepair", fields: [{ name: "until_time", type: "i64" }] },
        ],
      },
    },
  ],
};

const sample = defineProgram(SAMPLE);
const [operator, mint, vault, referrer] = [1, 2, 3, 4].map(
  (seed) => Keypair.fromSeed(Buffer.alloc(32, seed)).publicKey,
) as [PublicKey, PublicKey, PublicKey, PublicKey];
const accounts = { operator, tokenSide: { mint, vault } };
const args = {
  label: "Zürich-1 ✓",
  state: { kind: "underRepair", untilTime: -5n },
  offset: -300,
  balance: -(2n ** 90n),
};

const refusal = (run: () => unknown): InvalidArgument => {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidArgument) return error;
    throw error;
  }
  throw new Error("it was not refused");
};

describe("sdk / defineProgram", () => {
  const instruction: TransactionInstruction = sample.instruction("register_node", {
    accounts,
    args,
    remaining: [writable(referrer)],
  });

  it("opens groups of accounts, in order and with their flags", () => {
    const metas = instruction.keys.map(({ pubkey, isSigner, isWritable }) => [
      pubkey.toBase58(),
      isSigner,
      isWritable,
    ]);
    expect(metas).to.deep.equal([
      [operator.toBase58(), true, true],
      [mint.toBase58(), false, false],
      [vault.toBase58(), false, true],
      ["TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", false, false],
      [SAMPLE.address, false, false],
      [referrer.toBase58(), false, true],
    ]);
  });

  it("encodes text, enums and signed integers as Anchor does", () => {
    const coder = new BorshInstructionCoder(SAMPLE as AnchorIdl);
    const read = coder.decode(instruction.data)?.data as unknown as {
      label: string;
      state: { UnderRepair: { until_time: { toString(): string } } };
      offset: number;
      balance: { toString(): string };
    };
    expect(read.label).to.equal(args.label);
    expect(read.state.UnderRepair.until_time.toString()).to.equal("-5");
    expect(read.offset).to.equal(-300);
    expect(read.balance.toString()).to.equal(String(args.balance));
  });

  it("reads an instruction back", () => {
    const parsed = sample.parse(instruction);
    expect(parsed?.name).to.equal("register_node");
    expect(parsed?.args).to.deep.equal(args);
    expect(Object.keys(parsed?.accounts ?? {})).to.deep.equal([
      "operator",
      "tokenSide.mint",
      "tokenSide.vault",
      "tokenSide.tokenProgram",
    ]);
    expect(parsed?.remaining).to.deep.equal([writable(referrer)]);
  });

  it("reads nothing of other programs, and refuses one that is cut short", () => {
    expect(STREAMS.parse(instruction)).to.equal(null);
    const { programId, keys, data } = instruction;
    expect(() => sample.parse({ programId, keys, data: data.subarray(0, 20) })).to.throw(
      DecodeError,
      "needs",
    );
    expect(() => sample.parse({ programId, keys: keys.slice(0, 3), data })).to.throw(
      DecodeError,
      "register_node takes 5 accounts, this one has 3",
    );
  });

  it("names the bad value by its path", () => {
    const build = (given: object, values: object = args) =>
      refusal(() =>
        sample.instruction("register_node", {
          accounts: given as Record<string, unknown>,
          args: values as Record<string, unknown>,
        }),
      );
    expect(build({ operator, tokenSide: { mint } }).argument).to.equal("tokenSide.vault");
    expect(build({ operator }).argument).to.equal("tokenSide.mint");
    expect(build(accounts, { ...args, label: "\ud800" }).argument).to.equal("label");
    expect(build(accounts, { ...args, offset: -32_769 }).code).to.equal("ARGUMENT_RANGE");
    const wrongKind = build(accounts, { ...args, state: { kind: "underrepair" } });
    expect(wrongKind.message).to.equal("state.kind is underrepair: give notReady or underRepair");
    const noField = build(accounts, { ...args, state: { kind: "underRepair" } });
    expect(noField.argument).to.equal("state.untilTime");
  });

  it("names the instructions there are when asked for another", () => {
    const error = refusal(() => sample.discriminator("register"));
    expect(error.message).to.equal("sample has no instruction register: give one of register_node");
  });

  it("tells the same code of two programs apart", () => {
    const errors = [{ code: 6000, name: "NodeRetired", msg: "the node is retired" }];
    const other = defineProgram({ ...SAMPLE, errors });
    const explain = createExplainer([STREAMS, other]);
    const failed = (id: PublicKey) => [
      `Program ${id.toBase58()} failed: custom program error: 0x1770`,
    ];
    expect(explain(failed(other.id))).to.deep.equal({
      source: "sample",
      code: 6000,
      name: "NodeRetired",
      sentence: "The node is retired.",
    });
    expect(explain(failed(STREAMS.id))).to.include({
      source: "streams",
      name: "NotUpgradeAuthority",
    });
    expect(explain(6000)).to.equal(null);
    expect(explain(6000, other.id)?.name).to.equal("NodeRetired");
  });
});
