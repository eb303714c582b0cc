import { SystemProgram } from "@solana/web3.js";
import { expect } from "chai";
import * as core from "../src";
import * as sdk from "../src/streams";
import { key, keypair } from "./builders";

const payer = keypair(1);
const wire = core.signTransaction({
  transaction: core.compileTransaction({
    format: "v0",
    payer: payer.publicKey,
    blockhash: key(2).toBase58(),
    instructions: [
      SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: key(3), lamports: 1 }),
    ],
  }),
  signers: [payer],
});
const signature = core.transactionSignature(wire);
const LAST_VALID = 100;

type Answer<T> = T | Error;
type Status = { slot: number; err: unknown; confirmationStatus?: string } | null;

/** A node that gives these answers in turn, the last one again and again. */
function node(script: {
  send?: Answer<string>[];
  statuses?: Answer<Status>[];
  heights?: Answer<number>[];
}) {
  const calls: string[] = [];
  const next = <T>(name: string, answers: Answer<T>[]): T => {
    calls.push(name);
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) as Answer<T>;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const { send = [signature], statuses = [null], heights = [LAST_VALID] } = script;
  const connection = {
    sendRawTransaction: async (_: Uint8Array, options: { skipPreflight: boolean }) =>
      next(options.skipPreflight ? "resend" : "send", send),
    getSignatureStatuses: async () => ({ value: [next("status", statuses)] }),
    getBlockHeight: async () => next("height", heights),
  };
  return { calls, connection };
}

const FAST = { lastValidBlockHeight: LAST_VALID, pollMs: 1, resendMs: 8 };
const confirm = (connection: core.SendingConnection, more: object = {}) =>
  core.sendAndConfirm({ connection, wire, explain: sdk.explainError, ...FAST, ...more });
const refusal = async (connection: core.SendingConnection, more: object = {}) => {
  const error = await confirm(connection, more).catch((caught: unknown) => caught);
  expect(error).to.be.instanceOf(core.SendError);
  return error as core.SendError;
};
const confirmed = { slot: 7, err: null, confirmationStatus: "confirmed" };
const lost = new Error("socket hang up");

describe("sdk / sendAndConfirm", () => {
  it("W16 says landed as soon as a status says so", async () => {
    const { calls, connection } = node({ statuses: [null, lost, confirmed] });
    expect(await confirm(connection)).to.deep.equal({ signature, slot: 7 });
    expect(calls.filter((call) => call === "status")).to.have.length(3);
  });

  it("W16 does not take processed for confirmed, nor confirmed for finalized", async () => {
    const processed = { ...confirmed, confirmationStatus: "processed" };
    const early = node({ statuses: [processed, confirmed] });
    expect((await confirm(early.connection)).slot).to.equal(7);
    expect(early.calls.filter((call) => call === "status")).to.have.length(2);
    const finalized = { ...confirmed, slot: 9, confirmationStatus: "finalized" };
    const late = node({ statuses: [confirmed, confirmed, finalized] });
    expect((await confirm(late.connection, { commitment: "finalized" })).slot).to.equal(9);
  });

  it("W16 hands it over again until it lands, and once with a preflight", async () => {
    const statuses = [...new Array<Status>(60).fill(null), confirmed];
    const { calls, connection } = node({ send: [lost, signature], statuses });
    await confirm(connection);
    const sends = calls.filter((call) => call.endsWith("send"));
    expect(sends[0]).to.equal("send");
    expect(sends.length).to.be.at.least(2);
    expect(sends.slice(1).every((call) => call === "resend")).to.equal(true);
  });

  it("W16 says expired only behind the last valid height, after one more look", async () => {
    const { calls, connection } = node({ heights: [LAST_VALID, LAST_VALID, LAST_VALID + 1] });
    const { code, message } = await refusal(connection);
    expect(code).to.equal("TRANSACTION_EXPIRED");
    expect(message).to.equal(
      `transaction ${signature} has expired: it has not landed and no longer can: sign it anew`,
    );
    expect(calls.filter((call) => call === "height")).to.have.length(3);
    expect(calls.lastIndexOf("status")).to.be.above(calls.lastIndexOf("height"));
  });

  it("W16 finds one that landed in the last moment", async () => {
    const { connection } = node({ heights: [LAST_VALID + 1], statuses: [confirmed] });
    const landing = await confirm(connection, { pollMs: 60_000 });
    expect(landing).to.deep.equal({ signature, slot: 7 });
  });

  it("W16 says failed with the reason, where it landed and failed", async () => {
    const err = { InstructionError: [0, { Custom: 6000 }] };
    const { connection } = node({ statuses: [{ ...confirmed, err }] });
    const error = await refusal(connection);
    expect(error).to.include({ code: "TRANSACTION_FAILED", signature, slot: 7, error: err });
    const { sentence } = sdk.explainError(6000) ?? {};
    expect(error.message).to.equal(`transaction ${signature} has failed: ${sentence}`);
  });

  it("W16 says failed at once where the preflight ran and refused", async () => {
    const logs = [`Program ${sdk.STREAMS_PROGRAM_ID} failed: custom program error: 0x1770`];
    const { calls, connection } = node({ send: [Object.assign(new Error("simulated"), { logs })] });
    const error = await refusal(connection);
    expect(error.code).to.equal("TRANSACTION_FAILED");
    expect(error.slot).to.equal(undefined);
    expect(error.message).to.include(sdk.explainError(6000)?.sentence);
    expect(calls).to.deep.equal(["send"]);
    const poor = new Error("Attempt to debit an account but found no record of a prior credit.");
    expect((await refusal(node({ send: [poor] }).connection)).message).to.include(poor.message);
  });

  it("W16 says that nobody knows where the node has fallen silent", async () => {
    const silent = node({ send: [lost], statuses: [lost], heights: [lost] });
    const error = await refusal(silent.connection, { silenceMs: 30 });
    expect(error.code).to.equal("OUTCOME_UNKNOWN");
    expect(error.message).to.equal(
      `the node has not answered for 30 ms (socket hang up): look up transaction ${signature} before it is sent anew`,
    );
  });

  it("W16 does not say expired while the statuses cannot be read, whatever the height", async () => {
    const blind = node({ statuses: [lost], heights: [LAST_VALID + 1] });
    const error = await refusal(blind.connection, { silenceMs: 50 });
    expect(error.code).to.equal("OUTCOME_UNKNOWN");
    const late = node({ statuses: [lost, lost, lost, lost, confirmed], heights: [LAST_VALID + 1] });
    expect((await confirm(late.connection, { pollMs: 60_000 })).slot).to.equal(7);
  });

  it("W16 ends with the reason of the signal", async () => {
    const stop = new AbortController();
    const waiting = confirm(node({}).connection, { signal: stop.signal, resendMs: 60_000 });
    stop.abort(new Error("enough"));
    expect(await waiting.catch(String)).to.equal("Error: enough");
  });
});

describe("sdk / transactionSignature", () => {
  it("is the first, in every version", () => {
    const instructions = [
      SystemProgram.transfer({ fromPubkey: key(1), toPubkey: key(3), lamports: 1 }),
      sdk.closeLine({ authority: key(4), book: key(5), line: 0 }),
    ];
    const signatures = new Map(
      [1, 4].map((seed) => [key(seed).toBase58(), new Uint8Array(64).fill(seed)]),
    );
    for (const format of ["v0", "v1"] as const) {
      const blockhash = key(2).toBase58();
      const payer = key(1);
      const transaction = core.compileTransaction({ format, payer, blockhash, instructions });
      const bytes = core.assembleTransaction({
        transaction,
        signatureOf: (signer) => signatures.get(signer.toBase58()),
      });
      expect(core.transactionSignature(bytes)).to.equal(
        core.transactionSignature(Uint8Array.of(1, ...new Uint8Array(64).fill(1), 0)),
      );
    }
  });

  it("refuses bytes without one", () => {
    for (const bytes of [
      [],
      [0],
      [1],
      [1, ...new Array(63).fill(0)],
      [0x81, 2, ...new Array(100)],
    ]) {
      expect(() => core.transactionSignature(Uint8Array.from(bytes))).to.throw(core.DecodeError);
    }
  });
});
