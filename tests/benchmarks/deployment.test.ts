import {
  fixedKeypair,
  programDataAddressOf,
  startLocalnet,
  UPGRADEABLE_LOADER,
} from "@pinfi/localnet";
import {
  type PublicKey,
  SYSVAR_CLOCK_PUBKEY,
  SYSVAR_RENT_PUBKEY,
  SystemProgram,
  Transaction,
  TransactionInstruction,
} from "@solana/web3.js";
import { assert } from "chai";
import { callerFile } from "../kit/caller";
import { type Deployment, deploymentOf, PROGRAM_BYTES, WRITE_BYTES } from "./deployment";

/** The most that a transaction's packet holds. */
const PACKET_BYTES = 1_232;
/** A buffer begins with: tag u32, authority Option<Pubkey>. */
const BUFFER_HEADER_BYTES = 37;
/** Tags of the loader's instructions. */
const [INITIALIZE_BUFFER, WRITE, DEPLOY] = [0, 1, 2];

describe("what deploying costs", () => {
  it("is what the real loader takes for a program (W24)", () => {
    const elf = callerFile();
    assert.isAbove(elf.length, WRITE_BYTES, "more than one write");
    const { deployment, largest } = deployForReal(elf);
    assert.deepEqual(deployment, deploymentOf(elf.length));
    assert.equal(largest, PACKET_BYTES, "no larger write would fit");
  });
});

/** Deploys a program; `largest` is the size of the largest transaction. */
function deployForReal(elf: Buffer): { deployment: Deployment; largest: number } {
  const [payer, buffer, program] = [fixedKeypair(7), fixedKeypair(81), fixedKeypair(82)];
  const localnet = startLocalnet({ payer });
  const balance = () => localnet.account(payer.publicKey)?.lamports ?? 0;
  const before = balance();
  let [fees, transactions, largest] = [0, 0, 0];
  const send = (signers: (typeof payer)[], ...instructions: TransactionInstruction[]): void => {
    const transaction = new Transaction().add(...instructions);
    transaction.recentBlockhash = localnet.latestBlockhash().blockhash;
    transaction.feePayer = payer.publicKey;
    transaction.sign(...signers);
    const bytes = transaction.serialize();
    const { failure, logs } = localnet.send(bytes);
    if (failure !== null) throw new Error(`${JSON.stringify(failure)}\n${logs.join("\n")}`);
    fees += 5_000 * signers.length;
    transactions += 1;
    largest = Math.max(largest, bytes.length);
  };

  send(
    [payer, buffer],
    SystemProgram.createAccount({
      fromPubkey: payer.publicKey,
      newAccountPubkey: buffer.publicKey,
      lamports: Number(localnet.minimumBalance(BUFFER_HEADER_BYTES + elf.length)),
      space: BUFFER_HEADER_BYTES + elf.length,
      programId: UPGRADEABLE_LOADER,
    }),
    loader(numbers(INITIALIZE_BUFFER), [buffer.publicKey, "w"], [payer.publicKey]),
  );
  for (let at = 0; at < elf.length; at += WRITE_BYTES) {
    const part = elf.subarray(at, at + WRITE_BYTES);
    const data = Buffer.concat([numbers(WRITE, at, part.length, 0), part]);
    send([payer], loader(data, [buffer.publicKey, "w"], [payer.publicKey, "s"]));
  }
  send(
    [payer, program],
    SystemProgram.createAccount({
      fromPubkey: payer.publicKey,
      newAccountPubkey: program.publicKey,
      lamports: Number(localnet.minimumBalance(PROGRAM_BYTES)),
      space: PROGRAM_BYTES,
      programId: UPGRADEABLE_LOADER,
    }),
    loader(
      numbers(DEPLOY, elf.length, 0),
      [payer.publicKey, "ws"],
      [programDataAddressOf(program.publicKey), "w"],
      [program.publicKey, "w"],
      [buffer.publicKey, "w"],
      [SYSVAR_RENT_PUBKEY],
      [SYSVAR_CLOCK_PUBKEY],
      [SystemProgram.programId],
      [payer.publicKey, "s"],
    ),
  );
  return { deployment: { rent: before - balance() - fees, fees, transactions }, largest };
}

/** Little-endian numbers of 32 bits. */
function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value, 4 * index);
  });
  return bytes;
}

/** A call of the loader; of each account, whether it is written ("w") and signs ("s"). */
const loader = (data: Buffer, ...accounts: [PublicKey, flags?: "w" | "s" | "ws"][]) =>
  new TransactionInstruction({
    programId: UPGRADEABLE_LOADER,
    keys: accounts.map(([pubkey, flags = ""]) => ({
      pubkey,
      isWritable: flags.includes("w"),
      isSigner: flags.includes("s"),
    })),
    data,
  });
