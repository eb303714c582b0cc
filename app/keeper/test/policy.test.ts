import { ed25519 } from "@noble/curves/ed25519";
import {
  COMPUTE_BUDGET_PROGRAM_ID,
  compileTransaction,
  signTransaction,
  TOKEN_PROGRAM_ID,
} from "@pinfi/sdk";
import { STREAMS } from "@pinfi/sdk/streams";
import { Keypair, PublicKey, SystemProgram, TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import type { KeeperError } from "../src";
import { costOf } from "../src/engine/tx/fee";
import { allow, assertAllowed, SIGNATURE_CHECKS, type Signing } from "../src/engine/tx/policy";
import { payerSigner } from "../src/engine/tx/signer";
import { createTemplateSigner } from "../src/engine/tx/template-signer";
import { signerOf } from "../src/programs/streams/bulk/crypto";
import * as declared from "../src/programs/streams/signing";

const RENT = 2_039_280n;
const keypair = Keypair.generate();
const payer = keypair.publicKey;
const stranger = Keypair.generate().publicKey;
const named = (pubkey: PublicKey, isSigner = false) => ({ pubkey, isSigner, isWritable: true });

/** `claim` costs nothing; `open_book` may take rent from the fee payer. */
const policy = [
  SIGNATURE_CHECKS,
  ...allow(STREAMS, { claim: {}, open_book: { maxRentLamports: RENT } }),
];

const of = (
  name: Parameters<typeof STREAMS.discriminator>[0],
  keys: { pubkey: PublicKey; isSigner: boolean; isWritable: boolean }[] = [named(stranger)],
): TransactionInstruction =>
  new TransactionInstruction({
    programId: STREAMS.id,
    keys,
    data: Buffer.from([...STREAMS.discriminator(name), 1, 2, 3]),
  });
const claim = of("claim");
const pays = (isSigner = true) => of("open_book", [named(payer, isSigner)]);

/** What becomes of it, by the rules alone and at the key: both agree. */
function verdict(instruction: TransactionInstruction, rent?: bigint): string {
  const signing: Signing = {
    instructions: [claim, instruction],
    ...(rent !== undefined && { rentLamports: [0n, rent] }),
  };
  const codeOf = (run: () => void): string => {
    try {
      run();
      return "signed";
    } catch (error) {
      return (error as KeeperError).code;
    }
  };
  const code = codeOf(() => assertAllowed(signing, { policy, payer }));
  const blockhash = PublicKey.default.toBase58();
  const wanted = { ...signing, policy, format: "v0" as const, budget: {}, blockhash };
  assert.equal(
    codeOf(() => payerSigner(keypair).sign(wanted)),
    code,
  );
  return code;
}

describe("keeper / signing policy", () => {
  const moved = new TransactionInstruction({ ...claim, programId: TOKEN_PROGRAM_ID });
  const cut = new TransactionInstruction({ ...claim, data: claim.data.subarray(0, 7) });
  const other = new TransactionInstruction({ ...claim, data: Buffer.from(claim.data) });
  other.data[0] = (other.data[0] ?? 0) ^ 1;
  const transfer = SystemProgram.transfer({ fromPubkey: payer, toPubkey: stranger, lamports: 1 });
  const budget = new TransactionInstruction({ programId: COMPUTE_BUDGET_PROGRAM_ID, keys: [] });
  const checks = new TransactionInstruction({ programId: SIGNATURE_CHECKS.program, keys: [] });

  const table: [title: string, code: string, instruction: TransactionInstruction, rent?: bigint][] =
    [
      ["an instruction that is declared", "signed", claim],
      ["the same bytes for a program that is not declared", "UndeclaredProgram", moved],
      ["a transfer out of the fee payer", "UndeclaredProgram", transfer],
      ["a budget of somebody's own beside the keeper's", "UndeclaredProgram", budget],
      ["signature checks, whatever they hold", "signed", checks],
      ["an instruction that is not declared", "UndeclaredInstruction", of("deposit")],
      ["one whose discriminator differs in a bit", "UndeclaredInstruction", other],
      ["one whose discriminator is cut short", "UndeclaredInstruction", cut],
      ["rent as declared, to the lamport", "signed", pays(), RENT],
      ["rent above the declared amount", "RentAboveDeclared", pays(), RENT + 1n],
      ["less rent than nothing", "RentAboveDeclared", pays(), -1n],
      ["rent where none is declared", "RentAboveDeclared", claim, 1n],
      ["no rent, told so, where none is declared", "signed", claim, 0n],
      ["the fee payer as writable signer where rent is declared", "signed", pays(), 0n],
      ["the fee payer as an account where rent is declared", "signed", pays(false), 0n],
      ["the fee payer with rent that nobody tells", "RentNotTold", pays()],
      [
        "the fee payer as writable signer where no rent is declared",
        "PayerNamed",
        of("claim", [named(payer, true)]),
      ],
      [
        "the fee payer as an account where no rent is declared",
        "PayerNamed",
        of("claim", [named(payer)]),
      ],
      [
        "the signature of somebody else",
        "ForeignSigner",
        of("open_book", [named(stranger, true)]),
        0n,
      ],
      ["the account of somebody else", "signed", of("open_book", [named(stranger)]), 0n],
    ];
  for (const [title, code, instruction, rent] of table) {
    it(`${code === "signed" ? "signs" : "refuses"} ${title} (K28, K34)`, () => {
      assert.equal(verdict(instruction, rent), code);
    });
  }

  for (const format of ["v0", "v1"] as const) {
    describe(`templates of ${format}, of which a thread signs copies (K28, K34)`, () => {
      const signer = createTemplateSigner({
        key: { seed: keypair.secretKey.slice(0, 32), payer: payer.toBytes() },
        policy,
        signerOf,
      });
      const wireOf = (instructions: TransactionInstruction[], by = keypair): Uint8Array => {
        const blockhash = PublicKey.default.toBase58();
        const limits = { computeUnitLimit: 1_000, priorityFeeLamports: 7n };
        const { publicKey } = by;
        const made = { format, payer: publicKey, blockhash, instructions, budget: limits };
        return signTransaction({ transaction: compileTransaction(made), signers: [by] });
      };
      const templateOf = (wire: Uint8Array, variable: { from: number; to: number }[] = []) => ({
        wire,
        variable,
        message:
          format === "v1" ? { from: 0, to: wire.length - 64 } : { from: 65, to: wire.length },
        signatureAt: format === "v1" ? wire.length - 64 : 1,
      });
      const codeOf = (run: () => void): string => {
        try {
          run();
          return "admitted";
        } catch (error) {
          return (error as KeeperError).code;
        }
      };
      const admitted = (...args: Parameters<typeof wireOf>) =>
        codeOf(() => signer.admit(templateOf(wireOf(...args))));

      it("are held to the same rules", () => {
        assert.equal(admitted([checks, claim]), "admitted");
        assert.equal(admitted([claim, moved]), "UndeclaredProgram");
        assert.equal(admitted([claim, of("deposit")]), "UndeclaredInstruction");
        assert.equal(admitted([of("claim", [named(payer)])]), "PayerNamed");
        assert.equal(admitted([pays()]), "RentNotTold");
        assert.equal(admitted([claim], Keypair.generate()), "ForeignSigner");
      });

      const wire = wireOf([claim]);
      const at = Buffer.from(wire).indexOf(claim.data);
      const behind = { from: at + 8, to: at + claim.data.length };

      it("vary in the data behind a discriminator, and nowhere else", () => {
        const variesAt = (from: number, to = from + 1) =>
          codeOf(() => signer.admit(templateOf(wire, [{ from, to }])));
        assert.equal(variesAt(behind.from, behind.to), "admitted");
        assert.equal(variesAt(at + 7), "UndeclaredInstruction");
        const account = Buffer.from(wire).indexOf(stranger.toBytes());
        assert.equal(variesAt(account + 3), "NotOfTemplate");
        const signedBy = Buffer.from(wire).indexOf(payer.toBytes());
        assert.equal(variesAt(signedBy + 3), "ForeignSigner");
      });

      it("are signed in copies that differ there alone, each by its own bytes", () => {
        const { message, signatureAt, ...template } = templateOf(wire, [behind]);
        const sign = signer.admit({ ...template, message, signatureAt });
        const copy = Uint8Array.from(wire);
        copy.fill(9, behind.from, behind.to).fill(0, signatureAt, signatureAt + 64);
        sign(copy);
        const signature = copy.slice(signatureAt, signatureAt + 64);
        const bytes = copy.subarray(message.from, message.to);
        assert.isTrue(ed25519.verify(signature, bytes, payer.toBytes()));

        for (const place of [message.from, behind.from - 1]) {
          const changed = Uint8Array.from(copy).fill(0, signatureAt, signatureAt + 64);
          changed[place] = (changed[place] ?? 0) ^ 1;
          const before = Uint8Array.from(changed);
          assert.equal(
            codeOf(() => sign(changed)),
            "NotOfTemplate",
          );
          assert.deepEqual(changed, before);
        }
      });
    });
  }

  it("signs nothing for a task that declares nothing", () => {
    assert.throws(() => assertAllowed({ instructions: [claim] }, { policy: [], payer }));
    assertAllowed({ instructions: [] }, { policy: [], payer });
  });

  it("counts rent as a part of the cost", () => {
    const draft = { instructions: [claim, pays()], budget: {} };
    assert.equal(costOf(draft), 5_000n);
    assert.equal(costOf({ ...draft, rentLamports: [0n, RENT] }), 5_000n + RENT);
  });

  it("is declared by streams for a few instructions, none of which costs rent", () => {
    const all = Object.values(declared).flat();
    assert.sameMembers(
      [...new Set(all.map(({ name }) => name))],
      [
        "ed25519",
        "streams.settle",
        "streams.settle_many",
        "streams.claim",
        "streams.remove_line",
        "streams.collect_fees",
        "streams.collect_escrow",
      ],
    );
    assert.isTrue(all.every(({ maxRentLamports }) => maxRentLamports === 0n));
  });
});
