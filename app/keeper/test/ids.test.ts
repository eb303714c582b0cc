import { itNamesEachCase } from "../../../tests/harness/cases";
import { FAULTS } from "./support/faults";

describe("keeper / cases of the fault table", () => {
  itNamesEachCase({ cases: FAULTS, families: { K: 45 }, places: ["app/keeper"] });
});
