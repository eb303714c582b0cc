import {
  type AccountInfo,
  type Keypair,
  type PublicKey,
  SystemProgram,
  type TransactionInstruction,
} from "@solana/web3.js";
import type { AuthorityBuilders } from "../../app/sdk/src/program/authority";
import type { StartWorld } from "../harness/describe";
import { eventsIn } from "../harness/events";
import type { ProgramName } from "../harness/programs";
import { withAccounts } from "../harness/with-accounts";
import { type Done, type Odd, verbsWith } from "./verb";

/** What each person of a bench begins with: 10 SOL. */
const LAMPORTS = 10_000_000_000n;

/** Who is in the tests of a program, at least. */
export interface People {
  authority: Keypair;
  /** Pays rents. */
  payer: Keypair;
  /** Has no right to anything. */
  stranger: Keypair;
}

/**
 * A world with one program in it and people who have lamports: what a program's scenario begins with.
 * Its verbs succeed by default, once what they need has been done.
 */
export async function startBench(args: {
  start: StartWorld;
  program: ProgramName;
  people: People;
  builders: AuthorityBuilders;
}) {
  const { start, program, people, builders } = args;
  const authority = people.authority.publicKey;
  const nominee = people.stranger.publicKey;
  const keyring: readonly Keypair[] = Object.values(people);
  const world = await start([program]);
  const { publicKey: fromPubkey } = world.payer;
  await world.send(
    keyring.map(({ publicKey: toPubkey }) =>
      SystemProgram.transfer({ fromPubkey, toPubkey, lamports: LAMPORTS }),
    ),
  );

  /** Sends what is given, signed by whoever of the people must sign. */
  const send = async (
    instructions: readonly TransactionInstruction[],
    { accounts }: Odd = {},
  ): Promise<Done> => {
    const sent = instructions.map((one) =>
      accounts === undefined ? one : withAccounts(program, one, accounts),
    );
    const outcome = await world.send(sent, { signers: [...keyring, world.upgradeAuthority] });
    return { ...outcome, events: eventsIn(outcome.logs, program) };
  };
  const verb = verbsWith(send);
  return {
    world,
    send,
    verb,
    /** An account that is there, decoded. */
    async read<T>(address: PublicKey, decode: (account: AccountInfo<Buffer>) => T): Promise<T> {
      const account = await world.account(address);
      if (account === null) throw new Error(`nothing at ${address.toBase58()}`);
      return decode(account);
    },
    initialize: verb(builders.initialize, () => ({
      payer: people.payer.publicKey,
      upgradeAuthority: world.upgradeAuthority.publicKey,
      authority,
    })),
    nominateAuthority: verb(builders.nominateAuthority, () => ({ authority, nominee })),
    acceptAuthority: verb(builders.acceptAuthority, () => ({ nominee })),
  };
}

type AuthorityVerbs = Pick<
  Awaited<ReturnType<typeof startBench>>,
  "initialize" | "nominateAuthority" | "acceptAuthority"
>;

/** The honest calls of the authority's instructions, for the table of a program. */
export const authorityCalls = (nominee: PublicKey) => ({
  initialize: {
    stage: "deployed" as const,
    instructions: ({ initialize }: AuthorityVerbs) => [initialize.instruction()],
  },
  nominate_authority: {
    instructions: ({ nominateAuthority }: AuthorityVerbs) => [
      nominateAuthority.instruction({ nominee }),
    ],
  },
  accept_authority: {
    prepare: ({ nominateAuthority }: AuthorityVerbs) => nominateAuthority({ nominee }),
    instructions: ({ acceptAuthority }: AuthorityVerbs) => [
      acceptAuthority.instruction({ nominee }),
    ],
  },
});

/** Takes steps in their order up to the one called `stage`; none for "deployed". */
export async function reachStage<Stage extends string>(
  stage: Stage | "deployed",
  steps: readonly [Stage, () => Promise<unknown>][],
): Promise<void> {
  for (const [name, step] of stage === "deployed" ? [] : steps) {
    await step();
    if (name === stage) break;
  }
}
