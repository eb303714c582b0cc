import { describeSigned } from "../harness/describe";
import { type AccountFacts, itRefusesOneFault } from "../kit/faults";
import { CALLS, type Call } from "./honest-calls";
import { type Scenario, startScenario } from "./scenario";

const FACTS: AccountFacts = {
  own: ["config", "class", "region", "operator"],
  tokens: [],
  named: {
    authority: { at: { config: 8 }, error: "NotAuthority" },
  },
  owners: {},
  vaultOwner: "",
};

/** Where another check, or the runtime, comes first. */
const INSTEAD: Record<string, string> = {
  // What is to be made is made before the constraints are looked at.
  "initialize.config: read-only": "PrivilegeEscalation",
  "initialize.payer: read-only": "PrivilegeEscalation",
  "set_class.class: read-only": "PrivilegeEscalation",
  "set_class.payer: read-only": "PrivilegeEscalation",
  "set_region.region: read-only": "PrivilegeEscalation",
  "set_region.payer: read-only": "PrivilegeEscalation",
  "register_operator.operator: read-only": "PrivilegeEscalation",
  "register_operator.authority: read-only": "PrivilegeEscalation",
};

describeSigned(
  "registry / one thing wrong about one account (A01, A03, A04, A07, A19, A24, A34)",
  (start) =>
    itRefusesOneFault<Scenario, Call>({
      program: "registry",
      calls: CALLS,
      async begin({ stage = "operator", prepare }) {
        const registry = await startScenario(start, { stage });
        await prepare?.(registry);
        return registry;
      },
      facts: FACTS,
      instead: INSTEAD,
    }),
);
