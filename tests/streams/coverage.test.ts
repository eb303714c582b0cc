import { itCoversItsIdl } from "../kit/covers-idl";

describe("streams / what the tests cover", () => {
  const authority = "authority.test.ts";
  itCoversItsIdl("streams", {
    folder: __dirname,
    elsewhere: {
      initialize: authority,
      nominate_authority: authority,
      accept_authority: authority,
    },
    // What the functions of tests/kit provoke and look at.
    also: ["../kit/authority.ts"],
  });
});
