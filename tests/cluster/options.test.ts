import { resolve } from "node:path";
import { STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { readOptions, UsageError } from "./options";

describe("cluster / options (W25)", () => {
  it("has defaults, as of solana-test-validator", () => {
    const folder = resolve("target/cluster");
    assert.deepEqual(readOptions([]), { port: 8_899, folder, fresh: false, fund: [] });
  });

  it("takes all of them", () => {
    const address = STREAMS_PROGRAM_ID.toBase58();
    const args = ["--port", "1", "--folder", "/a", "--fresh", "--fund", address, "--fund", address];
    const fund = [STREAMS_PROGRAM_ID, STREAMS_PROGRAM_ID];
    assert.deepEqual(readOptions(args), { port: 1, folder: "/a", fresh: true, fund });
  });

  for (const [args, message] of [
    [["--port", "65535"], '--port must be a whole number from 1 to 65534, not "65535"'],
    [["--port", "http"], '--port must be a whole number from 1 to 65534, not "http"'],
    [["--fund", "me"], '--fund must be an address in base58, not "me"'],
    [["--fresher"], "Unknown option '--fresher'"],
    [["8899"], "Unexpected argument '8899'"],
  ] as const) {
    it(`refuses ${args.join(" ")}`, () => {
      assert.throws(() => readOptions(args), UsageError, message);
    });
  }
});
