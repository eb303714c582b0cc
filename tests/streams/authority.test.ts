import { configAddress, decodeConfig, STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import { itHandsOverAuthority } from "../kit/authority";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

itHandsOverAuthority<Scenario>({
  name: "streams",
  id: STREAMS_PROGRAM_ID,
  begin: (start, stage) => startScenario(start, { stage }),
  config: configAddress(),
  async readConfig({ world }) {
    const account = await world.account(configAddress());
    if (account === null) throw new Error("there is no configuration");
    return decodeConfig(account);
  },
  keys: {
    authority: KEYS.authority.publicKey,
    stranger: KEYS.stranger.publicKey,
    other: KEYS.payee.publicKey,
  },
  act: (streams, authority) => streams.setMintPolicy({ authority }),
});
