import { expect } from "chai";
import { ED25519_PROGRAM_ID, TOKEN_PROGRAM_ID } from "../src";
import * as sdk from "../src/streams";

const STREAMS = sdk.STREAMS_PROGRAM_ID.toBase58();
const TOKEN = TOKEN_PROGRAM_ID.toBase58();
const codeOf = (name: sdk.StreamsErrorName): number =>
  sdk.STREAMS_ERRORS.find((entry) => entry.name === name)?.code ?? Number.NaN;
const failed = (program: string, code: number) =>
  `Program ${program} failed: custom program error: 0x${code.toString(16)}`;

describe("sdk / explainError", () => {
  it("has a sentence for every code of the program", () => {
    for (const { code, name } of sdk.STREAMS_ERRORS) {
      const found = sdk.explainError(code);
      expect(found).to.include({ source: "streams", code, name });
      expect(found?.sentence).to.match(/^[A-Z].{10,}[.]$/);
    }
  });

  it("reads a code, logs, an RPC error, and an error with logs alike", () => {
    const code = codeOf("NothingToClaim");
    const logs = [`Program ${STREAMS} invoke [1]`, failed(STREAMS, code)];
    const want = { source: "streams", code, name: "NothingToClaim" };
    const forms = [
      code,
      logs,
      logs.join("\n"),
      { InstructionError: [0, { Custom: code }] },
      { err: { InstructionError: [0, { Custom: code }] } },
      Object.assign(new Error("failed"), { logs }),
    ];
    for (const form of forms) expect(sdk.explainError(form)).to.include(want);
  });

  it("names the account that Anchor refused", () => {
    const logs = [
      "Program log: AnchorError caused by account: book. Error Code: AccountNotInitialized. Error Number: 3012.",
      failed(STREAMS, 3012),
    ];
    expect(sdk.explainError(logs)).to.deep.equal({
      source: "anchor",
      code: 3012,
      name: "AccountNotInitialized",
      account: "book",
      sentence: "Account book: The program expected this account to be already initialized.",
    });
  });

  it("blames the program that failed first", () => {
    const logs = [failed(TOKEN, 1), failed(STREAMS, 1)];
    expect(sdk.explainError(logs)).to.include({ source: "token", name: "InsufficientFunds" });
    const precompile = [failed(ED25519_PROGRAM_ID.toBase58(), 2)];
    expect(sdk.explainError(precompile)).to.include({
      source: "ed25519",
      name: "InvalidSignature",
    });
  });

  it("does not guess", () => {
    const unknown = [
      1,
      99_999,
      null,
      undefined,
      {},
      [],
      ["Program log: custom program error: 0x1770"],
      [failed("Stake11111111111111111111111111111111111111", 6000)],
      { InstructionError: [0, { Custom: 1 }] },
      { InstructionError: [0, "InvalidArgument"] },
    ];
    for (const error of unknown) expect(sdk.explainError(error), String(error)).to.equal(null);
  });
});

describe("sdk / somebodyWasFirst", () => {
  const first = (instruction: sdk.StreamsInstruction, error: unknown) =>
    sdk.somebodyWasFirst({ instruction, error });

  it("is true of errors that only say that the work is done", () => {
    expect(first("claim", codeOf("NothingToClaim"))).to.equal(true);
    expect(first("remove_line", codeOf("LineRemoved"))).to.equal(true);
    expect(first("collect_fees", codeOf("NothingToCollect"))).to.equal(true);
    expect(first("close_line", codeOf("LineClosing"))).to.equal(true);
  });

  it("goes by the program and by the account that is gone, not by the error's name", () => {
    const gone = (account: string, program = STREAMS) => [
      `Program log: AnchorError caused by account: ${account}. Error Code: AccountNotInitialized. Error Number: 3012.`,
      failed(program, 3012),
    ];
    expect(first("claim", gone("book"))).to.equal(true);
    expect(first("claim_member", gone("member"))).to.equal(true);
    // A payee without a token account, and the same code of another Anchor program.
    expect(first("claim", gone("destination"))).to.equal(false);
    expect(first("claim", gone("book", "Stake11111111111111111111111111111111111111"))).to.equal(
      false,
    );
    expect(first("claim", [failed(STREAMS, 3012)])).to.equal(false);
    const code = codeOf("NothingToClaim");
    expect(first("claim", [failed(STREAMS, code)])).to.equal(true);
    expect(first("claim", [failed(TOKEN, code), failed(STREAMS, code)])).to.equal(false);
  });

  it("is false of real failures, and of the same error elsewhere", () => {
    expect(first("claim", codeOf("NotPayeeAccount"))).to.equal(false);
    expect(first("settle", codeOf("NothingToClaim"))).to.equal(false);
    expect(first("set_rate", codeOf("LineClosing"))).to.equal(false);
    expect(first("claim", [failed(TOKEN, 1)])).to.equal(false);
    expect(first("claim", new Error("timeout"))).to.equal(false);
  });
});
