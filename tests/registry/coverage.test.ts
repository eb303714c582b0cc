import { itCoversItsIdl } from "../kit/covers-idl";

describe("registry / what the tests cover", () => {
  const authority = "authority.test.ts";
  const operators = "operators.test.ts";
  itCoversItsIdl("registry", {
    folder: __dirname,
    elsewhere: {
      initialize: authority,
      nominate_authority: authority,
      accept_authority: authority,
      resume: "pause.test.ts",
      nominate_operator: operators,
      accept_operator: operators,
    },
    // What the functions of tests/kit provoke and look at.
    also: ["../kit/authority.ts"],
  });
});
