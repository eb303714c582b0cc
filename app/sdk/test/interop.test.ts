import { publicKey, type Instruction as Umi } from "@metaplex-foundation/umi";
import { AccountRole, address, type Instruction as Kit } from "@solana/kit";
import { expect } from "chai";
import { toKitInstruction, toUmiInstruction } from "../src";
import * as sdk from "../src/streams";
import { key } from "./builders";

describe("sdk / other clients", () => {
  const instruction = sdk.addLine({
    payer: key(1),
    book: key(2),
    line: 0,
    payee: key(3),
    deposit: 4n,
    rate: 5n,
    controlled: false,
  });
  const [payer, book, system] = instruction.keys.map(({ pubkey }) => pubkey.toBase58());

  it("get the instruction in the form of Umi", () => {
    const umi: Umi = toUmiInstruction({
      instruction,
      publicKey: (base58) => publicKey(base58),
    });
    expect(umi).to.deep.equal({
      programId: sdk.STREAMS_PROGRAM_ID.toBase58(),
      keys: [
        { pubkey: payer, isSigner: true, isWritable: true },
        { pubkey: book, isSigner: false, isWritable: true },
        { pubkey: system, isSigner: false, isWritable: false },
      ],
      data: Uint8Array.from(instruction.data),
    });
  });

  it("get the instruction in the form of Kit", () => {
    const kit: Kit = toKitInstruction({ instruction, address: (base58) => address(base58) });
    expect(kit).to.deep.equal({
      programAddress: sdk.STREAMS_PROGRAM_ID.toBase58(),
      accounts: [
        { address: payer, role: AccountRole.WRITABLE_SIGNER },
        { address: book, role: AccountRole.WRITABLE },
        { address: system, role: AccountRole.READONLY },
      ],
      data: Uint8Array.from(instruction.data),
    });
  });

  it("get the IDL in the form of Anchor", async () => {
    const { Program, AnchorProvider } = await import("@coral-xyz/anchor");
    type Idl = import("@coral-xyz/anchor").Idl;
    const idl: Idl = sdk.STREAMS_IDL;
    const connection = { rpcEndpoint: "http://localhost" } as never;
    const provider = new AnchorProvider(connection, { publicKey: key(1) } as never, {});
    const program = new Program<sdk.Streams>(idl, provider);
    const built = await program.methods
      .reserveLines(7)
      .accountsPartial({ payer: key(1), book: key(2) })
      .instruction();
    const ours = sdk.reserveLines({ payer: key(1), book: key(2), count: 7 });
    expect(built.data.equals(ours.data)).to.equal(true);
    expect(built.keys).to.deep.equal(ours.keys);
  });
});
