import { isDeepStrictEqual } from "node:util";
import type { Idl, Program } from "@pinfi/sdk";
import {
  address,
  createNoopSigner,
  createTransactionMessage,
  createTransactionPlanner,
  flattenTransactionPlan,
  type Instruction,
  isSignerRole,
  isWritableRole,
  type Lamports,
  lamports,
  setTransactionMessageFeePayer,
} from "@solana/kit";
import { type AccountInfo, PublicKey, TransactionInstruction } from "@solana/web3.js";
import {
  AccountDiscriminator,
  DataSource,
  Format,
  findCanonicalPda,
  getAccountSize,
  getCloseInstruction,
  getCreateMetadataInstructionPlanUsingNewBuffer,
  getMetadataDecoder,
  getProgramDataPda,
  PROGRAM_METADATA_PROGRAM_ADDRESS,
  packDirectData,
  unpackDirectData,
} from "@solana-program/program-metadata";
import { send } from "../send";
import {
  type MigrationContext,
  MigrationError,
  type MigrationProvider,
  type StepWork,
} from "../step";
import { assertUpgradeAuthority } from "./upgrade-authority";

/** Names the metadata that is an IDL, for all who read it. */
const SEED = "idl";
const METADATA_PROGRAM = new PublicKey(PROGRAM_METADATA_PROGRAM_ADDRESS);

/** The text of an IDL as it is published, and its bytes. */
export const idlText = (idl: Idl): string => JSON.stringify(idl);
const packed = (idl: Idl) => packDirectData({ content: idlText(idl) });

/** Where explorers and Anchor's `fetchIdl` look: the metadata that the upgrade authority answers for. */
export async function idlAddress({ address: program }: Idl): Promise<PublicKey> {
  const [metadata] = await findCanonicalPda({ program: address(program), seed: SEED });
  return new PublicKey(metadata);
}

/** What an account at {@link idlAddress} holds. */
export type PublishedIdl =
  /** No account, or one that is not of the metadata program yet. */
  | { kind: "nothing" }
  /** Begun and not finished: nobody reads it. */
  | { kind: "unfinished" }
  | { kind: "text"; text: string; mutable: boolean };

/** Reads an account of the metadata program; `text` is empty where it points elsewhere. */
export function readPublished(account: AccountInfo<Buffer> | null): PublishedIdl {
  if (!account?.owner.equals(METADATA_PROGRAM)) return { kind: "nothing" };
  if (account.data[0] !== AccountDiscriminator.Metadata) return { kind: "unfinished" };
  const metadata = getMetadataDecoder().decode(account.data);
  const { mutable } = metadata;
  const text = metadata.dataSource === DataSource.Direct ? unpackDirectData(metadata) : "";
  return { kind: "text", text, mutable };
}

/** Whether two texts are the same IDL, however they are laid out. */
function isSame(text: string, wanted: string): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(text), JSON.parse(wanted));
  } catch {
    return false;
  }
}

/** The transactions that publish an IDL where nothing is, in the order in which they must land. */
export async function publishing(
  { connection, publicKey }: MigrationProvider,
  idl: Idl,
): Promise<TransactionInstruction[][]> {
  const program = address(idl.address);
  const wallet = createNoopSigner(address(publicKey.toBase58()));
  const [programData] = await getProgramDataPda(program);
  const plan = await getCreateMetadataInstructionPlanUsingNewBuffer(
    {
      getMinimumBalance: async (bytes): Promise<Lamports> =>
        lamports(BigInt(await connection.getMinimumBalanceForRentExemption(bytes))),
    },
    {
      ...packed(idl),
      metadata: address((await idlAddress(idl)).toBase58()),
      authority: wallet,
      payer: wallet,
      program,
      programData,
      seed: SEED,
      format: Format.Json,
    },
  );
  const toTransactions = createTransactionPlanner({
    createTransactionMessage: () =>
      setTransactionMessageFeePayer(
        wallet.address,
        createTransactionMessage({ version: "legacy" }),
      ),
  });
  return flattenTransactionPlan(await toTransactions(plan)).map(({ message }) =>
    message.instructions.map(toInstruction),
  );
}

function toInstruction({
  programAddress,
  accounts = [],
  data,
}: Instruction): TransactionInstruction {
  return new TransactionInstruction({
    programId: new PublicKey(programAddress),
    keys: accounts.map(({ address: key, role }) => ({
      pubkey: new PublicKey(key),
      isSigner: isSignerRole(role),
      isWritable: isWritableRole(role),
    })),
    data: Buffer.from(data ?? []),
  });
}

/** Gives back the rent of what is there: an older IDL, or one that was begun. */
async function closing(
  { publicKey }: MigrationProvider,
  idl: Idl,
): Promise<TransactionInstruction> {
  const wallet = createNoopSigner(address(publicKey.toBase58()));
  const program = address(idl.address);
  const [programData] = await getProgramDataPda(program);
  return toInstruction(
    getCloseInstruction({
      account: address((await idlAddress(idl)).toBase58()),
      authority: wallet,
      program,
      programData,
      destination: wallet.address,
    }),
  );
}

/**
 * Publishes a program's IDL as Program Metadata. What is there already and differs is closed first, so
 * that there is none for the seconds that it takes, and never a part of one. Where the IDL is
 * `optional` and cannot be published, the step is left out.
 */
export function publishIdl(program: Program): StepWork {
  const { name, idl } = program;
  const published = async ({ provider }: MigrationContext): Promise<PublishedIdl> =>
    readPublished(await provider.connection.getAccountInfo(await idlAddress(idl)));

  const assertPossible = async (context: MigrationContext): Promise<void> => {
    const { provider } = context;
    const found = await published(context);
    if (found.kind === "text" && !found.mutable) {
      const message = `the published IDL of ${name} differs and was made immutable`;
      throw new MigrationError("IDL_IMMUTABLE", message);
    }
    if (!(await provider.connection.getAccountInfo(METADATA_PROGRAM))?.executable) {
      const message = `this cluster has no Program Metadata program (${PROGRAM_METADATA_PROGRAM_ADDRESS})`;
      throw new MigrationError("NO_METADATA_PROGRAM", message);
    }
    await assertUpgradeAuthority(provider, program);
  };

  return {
    name: `publish-idl-${name}`,
    summary: `publish the IDL of ${name} as Program Metadata`,

    async isDone(context) {
      const found = await published(context);
      return found.kind === "text" && isSame(found.text, idlText(idl));
    },

    async leftOut(context) {
      if (context.config.idl === "required") return undefined;
      try {
        await assertPossible(context);
        return undefined;
      } catch (error) {
        if (error instanceof MigrationError) return error.message;
        throw error;
      }
    },

    async cost({ provider }) {
      const size = Number(getAccountSize(packed(idl).data.length));
      const rent = await provider.connection.getMinimumBalanceForRentExemption(size);
      const { length } = await publishing(provider, idl);
      return `${rent} lamports of rent for ${size} bytes, ${length} transactions`;
    },

    async run(context) {
      await assertPossible(context);
      const { provider } = context;
      if ((await published(context)).kind !== "nothing") {
        await send(provider, [await closing(provider, idl)]);
      }
      for (const instructions of await publishing(provider, idl))
        await send(provider, instructions);
    },
  };
}
