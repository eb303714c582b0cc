import { itCoversItsIdl } from "../kit/covers-idl";

describe("registry / what the tests cover", () => {
  const operators = "operators.test.ts";
  itCoversItsIdl("registry", {
    folder: __dirname,
    elsewhere: {
      resume: "pause.test.ts",
      nominate_operator: operators,
      accept_operator: operators,
    },
  });
});
