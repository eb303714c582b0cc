import { configAddress, REGISTRY_PROGRAM_ID } from "@pinfi/sdk/registry";
import { itHandsOverAuthority } from "../kit/authority";
import { KEYS } from "./keys";
import { startScenario } from "./scenario";

itHandsOverAuthority({
  name: "registry",
  id: REGISTRY_PROGRAM_ID,
  begin: (start, stage) => startScenario(start, { stage }),
  config: configAddress(),
  readConfig: (registry) => registry.config(),
  keys: {
    authority: KEYS.authority.publicKey,
    stranger: KEYS.stranger.publicKey,
    other: KEYS.lender.publicKey,
  },
  act: (registry, authority) => registry.setRegion({ authority }),
});
