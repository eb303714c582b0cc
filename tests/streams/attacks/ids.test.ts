import { itNamesEachCase } from "../../harness/cases";
import { ATTACKS } from "./ids";

describe("streams / cases of the attack table", () => {
  itNamesEachCase({
    cases: ATTACKS,
    families: { A: 42, B: 24, C: 15, D: 24 },
    // The second: which accounts the keeper takes for a book (A39).
    places: ["tests/streams", "app/keeper/test/lookalikes.test.ts"],
  });
});
