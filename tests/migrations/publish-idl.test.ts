import { idlAddress as anchorIdlAddress, decodeIdlAccount } from "@anchor-lang/core";
import type { Idl } from "@pinfi/sdk";
import { STREAMS_IDL } from "@pinfi/sdk/streams";
import { address } from "@solana/kit";
import {
  PublicKey,
  SystemInstruction,
  Transaction,
  type TransactionInstruction,
} from "@solana/web3.js";
import {
  Compression,
  Format,
  getAccountSize,
  getMetadataEncoder,
  type MetadataArgs,
  PROGRAM_METADATA_PROGRAM_ADDRESS,
  packDirectData,
  packUrlData,
  parseInitializeInstruction,
  parseWriteInstruction,
} from "@solana-program/program-metadata";
import { expect } from "chai";
import { programNames } from "../../app/sdk/scripts/workspace";
import { migrate, plan, STEPS } from "../../migrations/migrate";
import { PROGRAMS } from "../../migrations/programs";
import { idlAddress, idlText, publishing } from "../../migrations/steps/publish-idl";
import { codeOf, configOf, other, silent, startWorld, type World } from "./world";

const METADATA_PROGRAM = new PublicKey(PROGRAM_METADATA_PROGRAM_ADDRESS);
const STEP = STEPS.find(({ name }) => name === "publish-idl-streams")?.id;
const required = configOf({ idl: "required" });

/** An IDL as the metadata program keeps one that was published whole; by default that of streams. */
const metadataOf = (given: Partial<MetadataArgs>, idl: Idl = STREAMS_IDL): Uint8Array => {
  const packed = packDirectData({ content: idlText(idl) });
  return Uint8Array.from(
    getMetadataEncoder().encode({
      ...packed,
      program: address(idl.address),
      authority: null,
      mutable: true,
      canonical: true,
      seed: "idl",
      format: Format.Json,
      dataLength: (given.data ?? packed.data).length,
      ...given,
    }),
  );
};

/** For the library's parsers. */
const kitInstruction = ({ keys, programId, data }: TransactionInstruction) => ({
  programAddress: address(programId.toBase58()),
  accounts: keys.map(({ pubkey, isSigner, isWritable }) => ({
    address: address(pubkey.toBase58()),
    role: ((isWritable ? 1 : 0) + (isSigner ? 2 : 0)) as 0 | 1 | 2 | 3,
  })),
  data: Uint8Array.from(data),
});

describe("migrations / an IDL as Program Metadata", () => {
  let world: World;
  let place: PublicKey;
  beforeEach(async () => {
    world = await startWorld();
    place = await idlAddress(STREAMS_IDL);
    await migrate({ provider: world.provider(), config: configOf({}) }, silent);
    for (const { program } of PROGRAMS.filter(({ program }) => program.idl !== STREAMS_IDL)) {
      put(metadataOf({}, program.idl), METADATA_PROGRAM, await idlAddress(program.idl));
    }
  });
  afterEach(() => world.node.close());

  const put = (data: Uint8Array, owner = METADATA_PROGRAM, at = place) =>
    world.net.setAccount(at, {
      data,
      owner,
      executable: false,
      lamports: Number(world.net.minimumBalance(data.length)),
    });
  const stepState = async (config = required) => {
    const planned = await plan({ provider: world.provider(), config });
    return planned.find(({ step }) => step.id === STEP);
  };

  it("is a step of every program of the list, as setting up and handing over are of one with an authority", () => {
    const names = programNames();
    expect(PROGRAMS.map(({ program }) => program.name)).to.deep.equal(names);
    const ids = STEPS.map(({ id }) => id.slice("001-".length));
    for (const { program } of PROGRAMS) {
      const { name, idl } = program;
      const governed = idl.instructions.some((each) => each.name === "nominate_authority");
      const steps = ["publish-idl", ...(governed ? ["initialize", "hand-over"] : [])];
      expect(ids.filter((id) => id.endsWith(`-${name}`))).to.have.members(
        steps.map((step) => `${step}-${name}`),
      );
    }
  });

  it("goes to where Anchor's client looks for it", () => {
    const expected = anchorIdlAddress(new PublicKey(STREAMS_IDL.address));
    expect(place.toBase58()).to.equal(expected.toBase58());
  });

  it("goes there whole, in transactions that fit, paid for before the first byte", async () => {
    const provider = world.provider();
    const transactions = await publishing(provider, STREAMS_IDL);
    for (const instructions of transactions) {
      const transaction = new Transaction({
        feePayer: provider.publicKey,
        blockhash: world.net.latestBlockhash().blockhash,
        lastValidBlockHeight: 1,
      }).add(...instructions);
      transaction.sign(world.net.payer);
      expect(transaction.serialize().length).to.be.at.most(1_232);
    }

    const [funding, , ...rest] = transactions.flat();
    const { data: packed } = packDirectData({ content: idlText(STREAMS_IDL) });
    const transfer = SystemInstruction.decodeTransfer(funding as TransactionInstruction);
    const size = Number(getAccountSize(packed.length));
    expect(transfer.toPubkey.equals(place)).to.equal(true);
    expect(transfer.lamports).to.equal(world.net.minimumBalance(size));

    const written = Buffer.alloc(packed.length);
    for (const instruction of rest.slice(0, -1)) {
      const { accounts, data } = parseWriteInstruction(kitInstruction(instruction));
      expect(accounts.buffer.address).to.equal(place.toBase58());
      if (data.data.__option === "None") throw new Error("a write without bytes");
      written.set(data.data.value, data.offset);
    }
    expect(written.equals(packed as Uint8Array)).to.equal(true);

    const last = parseInitializeInstruction(kitInstruction(rest.at(-1) as TransactionInstruction));
    expect(last.data).to.deep.include({ seed: "idl", format: Format.Json });
    expect(last.accounts.metadata.address).to.equal(place.toBase58());

    put(metadataOf({ data: written }));
    const read = decodeIdlAccount(world.net.account(place)?.data as Buffer);
    expect(read).to.deep.equal(JSON.parse(idlText(STREAMS_IDL)));
  });

  it("is done where the same text is there, however it was laid out and packed", async () => {
    put(metadataOf({}));
    expect(await stepState()).to.include({ state: "done" });
    const content = JSON.stringify(STREAMS_IDL, undefined, 2);
    const plain = packDirectData({ content, compression: Compression.None });
    put(metadataOf(plain));
    expect(await stepState()).to.include({ state: "done" });

    const sent = world.sent();
    const lines: string[] = [];
    await migrate({ provider: world.provider(), config: required }, (line) => lines.push(line));
    expect(lines.at(-1)).to.equal(`${STEP}: done before`);
    expect(world.sent()).to.equal(sent);
  });

  it("is to do where there is none, one begun, another, or one that is elsewhere", async () => {
    const bytes = metadataOf({}).length;
    const cost = `${world.net.minimumBalance(bytes)} lamports of rent for ${bytes} bytes, 11 transactions`;
    const expected = { state: "to do", note: cost };
    expect(await stepState()).to.deep.include(expected);

    const text = idlText({ ...STREAMS_IDL, metadata: { ...STREAMS_IDL.metadata, version: "0" } });
    for (const data of [
      metadataOf({}).with(0, 1),
      metadataOf(packDirectData({ content: text })),
      metadataOf(packUrlData({ url: "https://example.com/idl.json" })),
    ]) {
      put(data);
      expect(await stepState()).to.deep.include(expected);
    }
    put(metadataOf({}), other.publicKey);
    expect(await stepState()).to.deep.include(expected);
  });

  it("is left out with the reason where it is optional, and else refused with a code", async () => {
    const tried = async (wallet = world.net.payer) => {
      const provider = world.provider(wallet);
      const code = await codeOf(migrate({ provider, config: required }, silent));
      const lines: string[] = [];
      const config = configOf({ idl: "optional" });
      await migrate({ provider, config }, (line) => lines.push(line));
      return [code, lines.at(-1)];
    };
    const before = world.sent();
    expect(await tried()).to.deep.equal([
      "NO_METADATA_PROGRAM",
      `${STEP}: left out: this cluster has no Program Metadata program (${METADATA_PROGRAM.toBase58()})`,
    ]);
    const text = idlText({ ...STREAMS_IDL, metadata: { ...STREAMS_IDL.metadata, version: "0" } });
    put(metadataOf({ ...packDirectData({ content: text }), mutable: false }));
    expect(await tried()).to.deep.equal([
      "IDL_IMMUTABLE",
      `${STEP}: left out: the published IDL of streams differs and was made immutable`,
    ]);
    expect(world.sent()).to.equal(before);
  });
});
