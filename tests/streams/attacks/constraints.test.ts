import { TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import { describeSigned } from "../../harness/describe";
import { flipped, near } from "../../kit/bits";
import { type AccountFacts, type Fault, itRefusesOneFault } from "../../kit/faults";
import { CALLS, type Call } from "../honest-calls";
import { type Scenario, startScenario } from "../scenario";

const FACTS: AccountFacts = {
  own: ["config", "policy", "book", "pool", "member"],
  tokens: ["mint", "vault", "source", "destination", "stray"],
  named: {
    payer: { at: { book: 8 }, error: "NotPayer" },
    owner: { at: { pool: 8 }, error: "NotPoolOwner" },
    authority: { at: { config: 8 }, error: "NotAuthority" },
    pool: { at: { member: 8 }, error: "WrongPool" },
    mint: { at: { book: 8 + 32, pool: 8 + 32 }, error: "WrongMint" },
    vault: { at: { book: 8 + 64, pool: 8 + 64 }, error: "WrongVault" },
  },
  owners: {
    claim: "NotPayeeAccount",
    claim_member: "NotPayeeAccount",
    refund: "NotPayerAccount",
    close_book: "NotPayerAccount",
    reap: "NotPayerAccount",
    close_pool: "NotPayerAccount",
    recover_tokens: "WrongRecovery",
  },
  vaultOwner: "NotVaultAuthority",
};

/** Where another check, or the runtime, comes first. */
const INSTEAD: Record<string, string> = {
  // What is to be made is made before the constraints are looked at.
  "initialize.config: read-only": "PrivilegeEscalation",
  "open_book.book: read-only": "PrivilegeEscalation",
  "open_book.vault: read-only": "PrivilegeEscalation",
  "open_pool.pool: read-only": "PrivilegeEscalation",
  "open_pool.vault: read-only": "PrivilegeEscalation",
  "open_book.slot_hashes: beside its address": "NoSlotHashes",
  "initialize.payer: read-only": "PrivilegeEscalation",
  "open_book.payer: read-only": "PrivilegeEscalation",
  "open_pool.owner: read-only": "PrivilegeEscalation",
};
describeSigned(
  "streams / one thing wrong about one account (W22c, A01, A03, A04, A07, A18, A19, A24, A28, A30, A34)",
  (start) =>
    itRefusesOneFault<Scenario, Call>({
      program: "streams",
      calls: CALLS,
      async begin({ stage = "funded", prepare }) {
        const streams = await startScenario(start, { stage, feeBps: 100 });
        await prepare?.(streams);
        return streams;
      },
      facts: FACTS,
      instead: INSTEAD,
      // Past the hot path, whose checks forged-claims.test.ts and forged-settles.test.ts are about.
      pathsByCount: ["claim", "settle"],
      more({ world, instruction, account, meta }, there): Fault[] {
        if (account.name === "stray") {
          const put = (account: typeof there): Fault["place"] => [meta.pubkey, account];
          const foreign = { ...there, owner: TOKEN_2022_PROGRAM_ID };
          return [
            {
              what: "another mint's",
              error: "ConstraintTokenMint",
              place: put(flipped(there, 31)),
            },
            { what: "somebody else's", error: "WrongVault", place: put(flipped(there, 32 + 31)) },
            { what: "2022's", error: "ConstraintTokenTokenProgram", place: put(foreign) },
          ];
        }
        if (!instruction.startsWith("collect_") || account.name !== "treasury") return [];
        const pubkey = near(meta.pubkey);
        world.setAccount(pubkey, there);
        return [{ what: "beside its address", error: "WrongTreasury", meta: { pubkey } }];
      },
    }),
);
