import { join } from "node:path";
import {
  PROGRAM_DIRECTORY_V3,
  programDataAddressOf,
  readPrograms,
  UPGRADEABLE_LOADER,
} from "@pinfi/localnet";
import { initialize, STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import {
  Connection,
  Keypair,
  LAMPORTS_PER_SOL,
  type PublicKey,
  SendTransactionError,
  SYSVAR_CLOCK_PUBKEY,
  SYSVAR_RENT_PUBKEY,
  SystemProgram,
  sendAndConfirmTransaction,
  Transaction,
  TransactionInstruction,
} from "@solana/web3.js";
import { assert } from "chai";
import { freshFolder } from "../../app/keeper/test/support/folder";
import { freePorts, type Node, startNode } from "./node";
import { putAccount } from "./rpc";

/** SIMD-0500: nothing but SBPF v3 is deployed any more. */
const ONLY_V3 = "B8JJXCy5amZyWG9r7EnUYLwzXSXTxG7GZ1qZ1qggo83g";
/** A program account of the loader, and what comes before the program file in a buffer. */
const PROGRAM_BYTES = 36;
const BUFFER_HEADER_BYTES = 37;
/** DeployWithMaxDataLen, of the loader's instructions. */
const DEPLOY_TAG = 2;
/** Anchor's error: the program was called at an address other than its `declare_id!`. */
const DECLARED_PROGRAM_ID_MISMATCH = 4_100;

describe("cluster / the upgradeable loader (W23, W25)", () => {
  const [program] = readPrograms({
    programs: [{ name: "streams", address: STREAMS_PROGRAM_ID }],
    directory: PROGRAM_DIRECTORY_V3,
  });
  const elf = Buffer.from(program?.elf ?? []);
  const wallet = Keypair.generate();
  let node: Node;
  let connection: Connection;

  before(async () => {
    const database = join(freshFolder(), "chain.sqlite");
    node = await startNode({ port: await freePorts(), database, features: [ONLY_V3] });
    connection = new Connection(node.url, "confirmed");
    const signature = await connection.requestAirdrop(wallet.publicKey, 100 * LAMPORTS_PER_SOL);
    const latest = await connection.getLatestBlockhash();
    await connection.confirmTransaction({ signature, ...latest });
  });

  after(() => node?.kill());

  const send = (instructions: TransactionInstruction[], signers: Keypair[] = []) =>
    sendAndConfirmTransaction(
      connection,
      new Transaction().add(...instructions),
      [wallet, ...signers],
      { commitment: "confirmed" },
    );

  /** Deploys a file at a new address through the loader; its buffer alone is put there. */
  async function deploy(file: Buffer): Promise<PublicKey> {
    const [buffer, address] = [Keypair.generate(), Keypair.generate()];
    const header = Buffer.alloc(BUFFER_HEADER_BYTES);
    header.writeUInt32LE(1, 0);
    header.writeUInt8(1, 4);
    header.set(wallet.publicKey.toBytes(), 5);
    const data = Buffer.concat([header, file]);
    await putAccount({
      url: node.url,
      address: buffer.publicKey,
      account: {
        data,
        owner: UPGRADEABLE_LOADER,
        executable: false,
        lamports: await connection.getMinimumBalanceForRentExemption(data.length),
      },
    });
    const instruction = Buffer.alloc(12);
    instruction.writeUInt32LE(DEPLOY_TAG, 0);
    instruction.writeBigUInt64LE(BigInt(file.length), 4);
    const at = (pubkey: PublicKey, isWritable: boolean, isSigner = false) => ({
      pubkey,
      isWritable,
      isSigner,
    });
    await send(
      [
        SystemProgram.createAccount({
          fromPubkey: wallet.publicKey,
          newAccountPubkey: address.publicKey,
          lamports: await connection.getMinimumBalanceForRentExemption(PROGRAM_BYTES),
          space: PROGRAM_BYTES,
          programId: UPGRADEABLE_LOADER,
        }),
        new TransactionInstruction({
          programId: UPGRADEABLE_LOADER,
          keys: [
            at(wallet.publicKey, true, true),
            at(programDataAddressOf(address.publicKey), true),
            at(address.publicKey, true),
            at(buffer.publicKey, true),
            at(SYSVAR_RENT_PUBKEY, false),
            at(SYSVAR_CLOCK_PUBKEY, false),
            at(SystemProgram.programId, false),
            at(wallet.publicKey, false, true),
          ],
          data: instruction,
        }),
      ],
      [address],
    );
    return address.publicKey;
  }

  const refusalOf = async (run: Promise<unknown>): Promise<string> => {
    const error = await run.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.instanceOf(error, SendTransactionError);
    return (error as SendTransactionError).transactionError.message;
  };

  it("W25o: takes the program file where SBPF v3 alone is deployed, and it runs", async () => {
    const address = await deploy(elf);
    // A program may be called from the slot after its deployment on.
    const slot = await connection.getSlot("processed");
    while ((await connection.getSlot("processed")) <= slot) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { publicKey } = wallet;
    const honest = initialize({
      payer: publicKey,
      upgradeAuthority: publicKey,
      authority: publicKey,
    });
    const elsewhere = new TransactionInstruction({ ...honest, programId: address });
    assert.include(
      await refusalOf(send([elsewhere])),
      `custom program error: 0x${DECLARED_PROGRAM_ID_MISMATCH.toString(16)}`,
    );
  });

  it("W25p: refuses the same file when it says it is SBPF v0, and one that is cut short", async () => {
    const asV0 = Buffer.from(elf);
    asV0.writeUInt32LE(0, 48);
    for (const file of [asV0, elf.subarray(0, elf.length - 1_000)]) {
      assert.include(await refusalOf(deploy(file)), "invalid account data for instruction");
    }
  });
});
