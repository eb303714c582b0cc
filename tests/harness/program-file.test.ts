import { assert } from "chai";
import {
  hashOfName,
  instructionsOf,
  readProgram,
  sbpfVersionOf,
  sectionOf,
  segmentsOf,
  systemCallHashes,
  systemCallNames,
} from "./program-file";
import { repositoryPrograms } from "./programs";

describe("program files", () => {
  it("hash names of system calls as SBPF does (W23)", () => {
    // From the runtime's own tables.
    assert.equal(hashOfName("abort"), 0xb6fc1a11);
    assert.equal(hashOfName("sol_log_"), 0x207559bd);
    assert.equal(hashOfName("sol_memcpy_"), 0x717cc4a3);
  });

  for (const { name } of repositoryPrograms()) {
    const [v0, v3] = [readProgram(name, "v0"), readProgram(name, "v3")];

    it(`of ${name} are of both versions of SBPF (W23)`, () => {
      assert.equal(sbpfVersionOf(v0), 0);
      assert.equal(sbpfVersionOf(v3), 3);
    });

    it(`of ${name} hold the same instructions in both (W23)`, () => {
      const [data, text] = segmentsOf(v3);
      assert.deepEqual([data?.executable, text?.executable], [false, true]);
      const opcodes = (bytes: Buffer = Buffer.alloc(0)) =>
        instructionsOf(bytes).map((one) => one[0]);
      const current = opcodes(text?.bytes);
      assert.isAbove(current.length, 10_000);
      assert.deepEqual(current, opcodes(sectionOf(v0, ".text")));
    });

    it(`of ${name} make the same system calls in both (W23)`, () => {
      const names = systemCallNames(v0);
      // By the C form or by Rust's, as the program calls others.
      assert.match(names.join(" "), /\bsol_invoke_signed_(c|rust)\b/);
      assert.sameMembers(systemCallHashes(v3), names.map(hashOfName));
    });

    it(`of ${name} keep what v3 has at address 0 free, which Rust takes for a null pointer (W23)`, () => {
      const [data] = segmentsOf(v3);
      assert.equal(data?.address, 0n);
      assert.deepEqual(data?.bytes.subarray(0, 16), Buffer.alloc(16));
      // Not because it is all zeros: the next object begins there.
      assert.notDeepEqual(data?.bytes.subarray(16, 32), Buffer.alloc(16));
    });
  }
});
