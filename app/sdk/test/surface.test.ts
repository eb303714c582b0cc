import { expect } from "chai";
import * as core from "../src";
import * as sdk from "../src/streams";
import { ERRORS, SAMPLES } from "./surface";
import { functionsOf, itRefusesWrongInput } from "./surface-suite";

describe("sdk / the public surface", () => {
  it("W17 is in the table, every export and every method of an exported program", () => {
    const functions = functionsOf({ ...core, ...sdk }, ERRORS);
    const listed = Object.keys(SAMPLES).filter((name) => !name.includes("()"));
    expect(listed.sort()).to.deep.equal(functions.sort());
    for (const name of ERRORS) expect(core).to.have.property(name);
    const both = Object.keys(core).filter((name) => name in sdk);
    expect(both, "a name of a program that the shared part has too").to.deep.equal([]);
  });

  itRefusesWrongInput(SAMPLES);

  it("W17 refuses the three of the report by name", () => {
    const refusal = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return error instanceof core.InvalidArgument
          ? `${error.code} ${error.message}`
          : String(error);
      }
      return "done";
    };
    expect(refusal(() => sdk.decodeBook(null as never))).to.equal(
      "ARGUMENT_TYPE account is null: give an account or its bytes",
    );
    const { line } = (SAMPLES.claimableAt?.args[0] ?? {}) as { line: sdk.Line };
    expect(refusal(() => sdk.claimableAt({ line, now: 5 as never }))).to.match(
      /^ARGUMENT_TYPE now is 5 \(number\): give a bigint from/,
    );
    expect(refusal(() => sdk.claimableAt(undefined as never))).to.equal(
      "ARGUMENT_MISSING claimableAt is missing: give an argument object",
    );
  });
});
