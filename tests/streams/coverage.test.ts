import { itCoversItsIdl } from "../kit/covers-idl";

describe("streams / what the tests cover", () => itCoversItsIdl("streams", { folder: __dirname }));
