import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  fixedKeypair,
  type Localnet,
  LocalnetError,
  PROGRAM_DATA_HEADER_BYTES,
  programDataAddressOf,
  startLocalnet,
} from "@pinfi/localnet";
import { getBase58Decoder } from "@solana/kit";
import { PublicKey, SystemProgram, Transaction } from "@solana/web3.js";
import { assert } from "chai";

const TOKEN_2022 = new PublicKey("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
const SLOT_HASHES = new PublicKey("SysvarS1otHashes111111111111111111111111111");
const [alice, bob] = [fixedKeypair(1), fixedKeypair(2)];

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof LocalnetError) return error.code;
    throw error;
  }
  return "no error";
};

describe("localnet", () => {
  let localnet: Localnet;
  beforeEach(() => {
    localnet = startLocalnet();
  });

  const transfer = (lamports: number): Transaction => {
    const transaction = new Transaction().add(
      SystemProgram.transfer({
        fromPubkey: localnet.payer.publicKey,
        toPubkey: alice.publicKey,
        lamports,
      }),
    );
    transaction.recentBlockhash = localnet.latestBlockhash().blockhash;
    transaction.feePayer = localnet.payer.publicKey;
    transaction.sign(localnet.payer);
    return transaction;
  };

  describe("programs", () => {
    it("names the missing file and the command that builds it, before anything starts", () => {
      const programs = [{ name: "absent", address: bob.publicKey }];
      assert.throws(() => startLocalnet({ programs }), /absent\.so.*npm run build/);
      assert.equal(
        codeOf(() => startLocalnet({ programs })),
        "program-file-missing",
      );
    });

    it("are deployed under the upgradeable loader with the authority asked for, and run", () => {
      // Token-2022 from inside the simulator stands for a program of ours.
      const carried = localnet.account(programDataAddressOf(TOKEN_2022));
      assert.isNotNull(carried);
      const elf = carried?.data.subarray(PROGRAM_DATA_HEADER_BYTES) ?? Buffer.alloc(0);
      const directory = mkdtempSync(join(tmpdir(), "pinfi-localnet-"));
      writeFileSync(join(directory, "carried.so"), elf);
      const address = fixedKeypair(9).publicKey;
      localnet = startLocalnet({
        programs: [{ name: "carried", address }],
        directory,
        upgradeAuthority: bob.publicKey,
      });

      const programData = localnet.account(programDataAddressOf(address));
      assert.equal(programData?.data.readUInt8(12), 1);
      assert.deepEqual(programData?.data.subarray(13, 45), bob.publicKey.toBuffer());
      const transaction = new Transaction().add({
        programId: address,
        keys: [],
        data: Buffer.alloc(0),
      });
      transaction.recentBlockhash = localnet.latestBlockhash().blockhash;
      transaction.sign(localnet.payer);
      const { failure, logs } = localnet.send(transaction);
      assert.equal(failure?.kind === "instruction" && failure.name, "Custom");
      assert.include(logs.join("\n"), `Program ${address.toBase58()} invoke [1]`);
    });
  });

  describe("transactions", () => {
    it("move lamports and cost the fee of one signature", () => {
      const before = localnet.balance(localnet.payer.publicKey);
      const { failure } = localnet.send(transfer(2_000_000));
      assert.isNull(failure);
      assert.equal(localnet.balance(alice.publicKey), 2_000_000n);
      assert.equal(localnet.balance(localnet.payer.publicKey), before - 2_005_000n);
    });

    it("are taken as raw bytes and found again by signature", () => {
      const receipt = localnet.send(new Uint8Array(transfer(2_000_000).serialize()));
      assert.isNull(receipt.failure);
      assert.deepEqual(localnet.receipt(receipt.signature), receipt);
    });

    it("are simulated without effect", () => {
      assert.isNull(localnet.simulate(transfer(2_000_000)).failure);
      assert.equal(localnet.balance(alice.publicKey), 0n);
    });

    it("are refused when larger than the network's limit, which is 1,232 bytes before v1", () => {
      const dataBytes = 1_100;
      const raw = Buffer.concat([
        Buffer.from([1]),
        Buffer.alloc(64, 1), // never looked at: size comes first
        Buffer.from([1, 0, 1, 2]),
        localnet.payer.publicKey.toBuffer(),
        SystemProgram.programId.toBuffer(),
        new PublicKey(localnet.latestBlockhash().blockhash).toBuffer(),
        Buffer.from([1, 1, 0, (dataBytes & 0x7f) | 0x80, dataBytes >> 7]),
        Buffer.alloc(dataBytes),
      ]);
      const failure = localnet.send(raw).failure;
      assert.equal(raw.length, 1_270);
      assert.deepEqual(failure, { kind: "transaction", name: "TransactionTooLarge" });
    });
  });

  describe("lifetime", () => {
    it("a transaction runs once", () => {
      const transaction = transfer(2_000_000);
      assert.isNull(localnet.send(transaction).failure);
      assert.deepEqual(localnet.send(transaction).failure, {
        kind: "transaction",
        name: "AlreadyProcessed",
      });
    });

    it("a blockhash serves for 150 slots and not one more", () => {
      const [last, late] = [transfer(2_000_000), transfer(3_000_000)];
      localnet.advance({ slots: 150n });
      assert.isNull(localnet.send(last).failure);
      localnet.advance({ slots: 1n });
      assert.deepEqual(localnet.send(late).failure, {
        kind: "transaction",
        name: "BlockhashNotFound",
      });
    });

    it("every blockhash can be expired at once", () => {
      const transaction = transfer(2_000_000);
      localnet.expireBlockhashes();
      assert.equal(localnet.send(transaction).failure?.name, "BlockhashNotFound");
      assert.isNull(localnet.send(transfer(2_000_000)).failure);
    });
  });

  describe("time", () => {
    it("begins with 2026, in the epoch its slot belongs to", () => {
      assert.deepEqual(localnet.clock(), {
        slot: 447_552_000n,
        epoch: 1_048n,
        unixTimestamp: 1_767_225_600n,
      });
    });

    it("moves slots, seconds and epochs together, whichever is asked for", () => {
      localnet.advance({ seconds: 1n }); // 1,000 ms: three slots of 400 ms cover it
      assert.deepEqual(localnet.clock(), {
        slot: 447_552_003n,
        epoch: 1_048n,
        unixTimestamp: 1_767_225_601n,
      });
      localnet.advance({ slots: 5n }); // 2,000 ms
      assert.deepEqual(localnet.clock(), {
        slot: 447_552_008n,
        epoch: 1_048n,
        unixTimestamp: 1_767_225_603n,
      });
      localnet.advance({ epochs: 1n }); // 92,248 slots are left of the epoch
      assert.deepEqual(localnet.clock(), {
        slot: 447_644_256n,
        epoch: 1_049n,
        unixTimestamp: 1_767_225_603n + 36_899n,
      });
    });

    it("puts the parent slot first in SlotHashes", () => {
      localnet.advance({ slots: 7n });
      const data = localnet.account(SLOT_HASHES)?.data;
      assert.equal(data?.readBigUInt64LE(8), 447_552_006n);
    });

    it("does not stand still or run backwards", () => {
      assert.equal(
        codeOf(() => localnet.advance({ slots: 0n })),
        "invalid-step",
      );
      assert.equal(
        codeOf(() => localnet.advance({ seconds: -1n })),
        "invalid-step",
      );
    });
  });

  describe("accounts", () => {
    it("of a program are found by size and by bytes", () => {
      const owner = bob.publicKey;
      const data = Buffer.from([1, 2, 3, 4]);
      localnet.setAccount(alice.publicKey, { data, owner, lamports: 1_000_000, executable: false });
      const found = (offset: number, bytes: number[]) =>
        localnet
          .programAccounts(owner, [
            { dataSize: 4 },
            { memcmp: { offset, bytes: getBase58Decoder().decode(new Uint8Array(bytes)) } },
          ])
          .map(({ address }) => address.toBase58());
      assert.deepEqual(found(2, [3, 4]), [alice.publicKey.toBase58()]);
      assert.deepEqual(found(1, [3, 4]), []);
      assert.deepEqual(found(3, [4, 5]), []);
      assert.isEmpty(localnet.programAccounts(owner, [{ dataSize: 5 }]));
    });

    it("are not given more than the test supply holds", () => {
      assert.equal(
        codeOf(() => localnet.airdrop(alice.publicKey, 10_000_000_000_000_000n)),
        "airdrop-refused",
      );
    });

    it("cost what mainnet charges, or what was asked for", () => {
      assert.equal(localnet.minimumBalance(100), 5_080n * 228n);
      assert.equal(startLocalnet({ lamportsPerByte: 6_960n }).minimumBalance(100), 6_960n * 228n);
    });
  });
});
