import { anchorStory } from "../examples/clients/anchor";
import { kitStory } from "../examples/clients/kit";
import { startSetting } from "../examples/clients/story";
import { umiStory } from "../examples/clients/umi";

/** Each throws at the first thing that is not as it must be; `checkTheEnd` has the sums. */
describe("sdk / one whole story with each client", () => {
  const stories = { "Anchor's Program": anchorStory, "@solana/kit": kitStory, Umi: umiStory };
  for (const [client, story] of Object.entries(stories)) {
    it(client, () => story(startSetting()));
  }
});
