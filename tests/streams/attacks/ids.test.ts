import { itNamesEachCase } from "../../harness/cases";
import { ATTACKS } from "./ids";

describe("streams / cases of the attack table", () => {
  itNamesEachCase({
    cases: ATTACKS,
    families: { A: 42, B: 24, C: 15, D: 24 },
    // Of streams, and of what is built on it.
    places: ["tests/streams", "app"],
  });
});
