// The simulators behind one face: send(data) runs the program once and gives its return data.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { REPO } from "../lib/config.mjs";
import { readJson } from "../lib/files.mjs";

const require = createRequire(import.meta.url);

// bpf_account_data_direct_mapping: with it, runtime 1.18 lays out SBPF v0 frames without the gaps that
// every cluster has, and stack arguments go astray.
const DIRECT_MAPPING = "EenyoWx9UMXYKpR8mW5Jmfmy2fRjzUtM7NduYMY8bx33";
const UNITS = 1_400_000;

function web3() {
  const {
    ComputeBudgetProgram,
    Keypair,
    PublicKey,
    Transaction,
    TransactionInstruction,
  } = require("@solana/web3.js");
  const programId = Keypair.generate().publicKey;
  let nonce = 0;
  /** A signed transaction unlike any before it: simulators refuse a repeated one. */
  const transaction = (data, payer, blockhash) => {
    nonce = (nonce + 1) % 100_000;
    const tx = new Transaction().add(
      ComputeBudgetProgram.setComputeUnitLimit({ units: UNITS - nonce }),
      new TransactionInstruction({ programId, keys: [], data }),
    );
    tx.recentBlockhash = blockhash;
    tx.feePayer = payer.publicKey;
    tx.sign(payer);
    return tx;
  };
  return { programId, transaction, Keypair, PublicKey };
}

async function bankrun(so) {
  const { programId, transaction, PublicKey } = web3();
  process.env.BPF_OUT_DIR = dirname(so);
  process.env.RUST_LOG ??= "off"; // the runtime logs every instruction otherwise
  const { start } = require("solana-bankrun");
  const name = "pinfi_selftest";
  const context = await start([{ name, programId }], [], undefined, undefined, [
    new PublicKey(DIRECT_MAPPING),
  ]);
  return {
    name: `bankrun ${version("solana-bankrun")}`,
    async send(data) {
      const [blockhash] = await context.banksClient.getLatestBlockhash();
      const tx = transaction(data, context.payer, blockhash);
      const { result, meta } = await context.banksClient.tryProcessTransaction(tx);
      const returned = meta?.returnData && Buffer.from(meta.returnData.data);
      return result
        ? { error: failure(result, meta?.logMessages) }
        : { returned, units: Number(meta.computeUnitsConsumed) };
    },
  };
}

async function litesvm(so) {
  const { programId, transaction, Keypair } = web3();
  const { LiteSVM, FailedTransactionMetadata } = require("litesvm");
  const { address, getTransactionDecoder, lamports } = await import("@solana/kit");
  const svm = new LiteSVM();
  const payer = Keypair.generate();
  svm.airdrop(address(payer.publicKey.toBase58()), lamports(10n ** 12n));
  svm.addProgram(address(programId.toBase58()), readFileSync(so));
  const decoder = getTransactionDecoder();
  return {
    name: `litesvm ${version("litesvm")}`,
    async send(data) {
      const tx = transaction(data, payer, svm.latestBlockhash());
      const result = svm.sendTransaction(decoder.decode(tx.serialize()));
      if (result instanceof FailedTransactionMetadata)
        return { error: failure(String(result.err()), result.meta().logs()) };
      return {
        returned: Buffer.from(result.returnData().data()),
        units: Number(result.computeUnitsConsumed()),
      };
    },
  };
}

const failure = (result, logs = []) => `${result} | ${logs.slice(-2).join(" | ")}`;

const version = (name) => readJson(join(REPO, "node_modules", name, "package.json"))?.version ?? "";

/** bankrun's runtime knows an early SBPF v3 that no cluster has. */
export const simulators = [
  { open: bankrun, version: "v0" },
  { open: litesvm, version: "v0" },
  { open: litesvm, version: "v3" },
];
