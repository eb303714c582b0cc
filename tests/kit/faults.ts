import { TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import {
  type AccountInfo,
  type AccountMeta,
  type PublicKey,
  SystemProgram,
  type TransactionInstruction,
} from "@solana/web3.js";
import { assertRefused } from "../harness/assert";
import { type ProgramName, readIdl } from "../harness/programs";
import type { World } from "../harness/world";
import { flipped, near } from "./bits";
import { type Bench, callOf, type HonestCall } from "./call";
import { deployIdle } from "./caller";

/** What is known of a program's accounts, by their names in the IDL. */
export interface AccountFacts {
  /** Those of the program's own types. */
  own: readonly string[];
  /** Token accounts and mints. */
  tokens: readonly string[];
  /** Where an account of ours names another (offset by the holder's name), and what is said if that is not it. */
  named: Readonly<Record<string, { at: Readonly<Record<string, number>>; error: string }>>;
  /** What an instruction says if a token account belongs to somebody else; default `OwnerMismatch`. */
  owners: Readonly<Record<string, string>>;
  /** What is said of a vault whose owner is not the account called `authority`. */
  vaultOwner: string;
}

/** What {@link itRefusesOneFault} has to know of a program. */
export interface FaultOptions<B extends Bench, C extends HonestCall<B>> {
  program: ProgramName;
  calls: Readonly<Record<string, C>>;
  begin(call: C): Promise<B>;
  facts: AccountFacts;
  /** Where another check, or the runtime, comes first: `instruction.account: fault` to the error. */
  instead: Readonly<Record<string, string>>;
  /** Instructions with a path of their own for exactly their accounts; one too many leads past it. */
  pathsByCount?: readonly string[];
  /** More that can be wrong about an account. */
  more?(account: FaultyAccount, there: AccountInfo<Buffer>): Fault[];
}

/** One thing wrong: another meta in the call, or another account at an address. */
export interface Fault {
  what: string;
  error: string;
  meta?: Partial<AccountMeta>;
  place?: [PublicKey, AccountInfo<Buffer>];
}

/** Account of an instruction as the IDL has it. */
interface IdlAccount {
  name: string;
  writable?: boolean;
  signer?: boolean;
  optional?: boolean;
  address?: string;
  pda?: unknown;
  relations?: string[];
}

/** An account of a call, about which one thing is to be wrong. */
export interface FaultyAccount {
  world: World;
  program: PublicKey;
  instruction: string;
  account: IdlAccount;
  meta: AccountMeta;
  /** Address of another account of the call. */
  keyOf(name: string): PublicKey | undefined;
}

/** Offsets in a token account. */
const TOKEN = { mint: 0, owner: 32 };
const LAST = 31;

/**
 * Tests, inside a `describe`, each account of each instruction with one thing wrong about it and
 * everything else as it should be: the account stands at its own address, with its own bytes, but for
 * what is named. The one check that is there for it refuses it, so each error is exact. Needs a world
 * that verifies signatures.
 */
export function itRefusesOneFault<B extends Bench, C extends HonestCall<B>>(
  options: FaultOptions<B, C>,
): void {
  const { program, calls, begin, facts, instead, pathsByCount = [], more } = options;
  for (const { name: instruction, accounts } of readIdl(program).instructions) {
    if (accounts.length === 0) continue; // a batch: its accounts are looked at one by one, in its own tests
    it(`${instruction} refuses each, with the error of the check that is there for it`, async () => {
      const call = callOf(calls, instruction);
      const bench = await begin(call);
      const honest = await call.instructions(bench);
      const last = honest.at(-1);
      if (last === undefined) throw new Error("nothing to call");
      const extra = { pubkey: SystemProgram.programId, isSigner: false, isWritable: false };
      if (pathsByCount.includes(instruction)) last.keys.push(extra);
      const keyOf = (name: string) =>
        last.keys[accounts.findIndex((one) => one.name === name)]?.pubkey;

      for (const [index, account] of accounts.entries()) {
        const meta = last.keys[index];
        if (meta === undefined || !("name" in account)) throw new Error("no such account");
        const { world } = bench;
        const faulty = { world, program: last.programId, instruction, account, meta, keyOf };
        for (const fault of await faultsOf(faulty, facts, more)) {
          await tryFault({ bench, honest, index, fault, instead });
        }
      }
      await bench.send(honest);
    });

    /** Sends the call with the fault in it, and puts back what it replaced. */
    const tryFault = async (tried: {
      bench: B;
      honest: TransactionInstruction[];
      index: number;
      fault: Fault;
      instead: Readonly<Record<string, string>>;
    }) => {
      const { bench, honest, index, fault } = tried;
      const last = honest.at(-1);
      if (last === undefined) return;
      const title = `${instruction}.${accounts[index]?.name}: ${fault.what}`;
      const keys = last.keys.map((one, at) => (at === index ? { ...one, ...fault.meta } : one));
      const before = fault.place && (await bench.world.account(fault.place[0]));
      if (fault.place) bench.world.setAccount(...fault.place);
      const sent = bench.send([...honest.slice(0, -1), { ...last, keys }]);
      await assertRefused(sent, instead[title] ?? fault.error).catch((error: Error) => {
        error.message = `${title}: ${error.message}`;
        throw error;
      });
      if (fault.place && before) bench.world.setAccount(fault.place[0], before);
    };
  }
}

async function faultsOf(
  faulty: FaultyAccount,
  facts: AccountFacts,
  more: FaultOptions<Bench, HonestCall<Bench>>["more"],
): Promise<Fault[]> {
  const { world, program, meta, account } = faulty;
  const { name, writable, signer, optional } = account;
  // One that the call does without: what may be wrong about it is tried where it is given.
  if (optional && meta.pubkey.equals(program)) return [];
  const faults: Fault[] = [];
  if (writable)
    faults.push({ what: "read-only", error: "ConstraintMut", meta: { isWritable: false } });
  if (signer)
    faults.push({ what: "not signed", error: "AccountNotSigner", meta: { isSigner: false } });
  if (name.endsWith("program")) {
    const pubkey = near(meta.pubkey);
    deployIdle(world, pubkey);
    return [...faults, { what: "another program", error: "InvalidProgramId", meta: { pubkey } }];
  }
  faults.push(...(await relationFaults(faulty, facts)));
  const there = await world.account(meta.pubkey);
  if (there === null) return faults;
  return [
    ...faults,
    ...ownFaults(faulty, facts, there),
    ...tokenFaults(faulty, facts, there),
    ...(more?.(faulty, there) ?? []),
  ];
}

/** Not the account that another one names. */
async function relationFaults(
  { world, keyOf, account: { name, relations = [] } }: FaultyAccount,
  { named }: AccountFacts,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const by of relations) {
    const { at, error } = named[name] ?? { at: {} as Record<string, number>, error: "" };
    const place = keyOf(by);
    const offset = at[by];
    const holder = place && (await world.account(place));
    // One whose address comes from what it names: another's is tried elsewhere.
    if (place === undefined || offset === undefined || !holder) continue;
    const changed: Fault["place"] = [place, flipped(holder, offset + LAST)];
    faults.push({ what: `not the one that ${by} names`, error, place: changed });
  }
  return faults;
}

/** Of another program or type, or beside its address. */
function ownFaults(
  { world, account: { name, pda, address }, meta }: FaultyAccount,
  { own, tokens }: AccountFacts,
  there: AccountInfo<Buffer>,
): Fault[] {
  const faults: Fault[] = [];
  if ([...own, ...tokens, "program_data"].includes(name)) {
    const place: Fault["place"] = [meta.pubkey, { ...there, owner: near(there.owner) }];
    faults.push({ what: "of another program", error: "AccountOwnedByWrongProgram", place });
  }
  if (own.includes(name)) {
    const place: Fault["place"] = [meta.pubkey, flipped(there, 7)];
    faults.push({ what: "of another type", error: "AccountDiscriminatorMismatch", place });
  }
  if (pda || address) {
    const pubkey = near(meta.pubkey);
    world.setAccount(pubkey, there);
    const error = pda ? "ConstraintSeeds" : "ConstraintAddress";
    faults.push({ what: "beside its address", error, meta: { pubkey } });
  }
  return faults;
}

/** What can be wrong about a token account, and about the authority over a vault. */
function tokenFaults(
  { instruction, account: { name, signer }, meta, keyOf }: FaultyAccount,
  { owners, vaultOwner }: AccountFacts,
  there: AccountInfo<Buffer>,
): Fault[] {
  const at = (offset: number): Fault["place"] => [meta.pubkey, flipped(there, offset + LAST)];
  const faults: Fault[] = [];
  if (name === "source" || name === "destination") {
    const other: Fault["place"] = [meta.pubkey, { ...there, owner: TOKEN_2022_PROGRAM_ID }];
    const foreign = owners[instruction] ?? "OwnerMismatch";
    faults.push(
      { what: "of another mint", error: "ConstraintTokenMint", place: at(TOKEN.mint) },
      { what: "of the other token program", error: "ConstraintTokenTokenProgram", place: other },
      { what: "somebody else's", error: foreign, place: at(TOKEN.owner) },
    );
    const vault = keyOf("vault");
    if (vault) {
      const error = "ConstraintDuplicateMutableAccount";
      faults.push({ what: "the vault", error, meta: { pubkey: vault } });
    }
  }
  if (name === "vault" && keyOf("authority")) {
    faults.push({ what: "of another owner", error: vaultOwner, place: at(TOKEN.owner) });
  }
  if (name === "authority" && !signer && keyOf("vault")) {
    const pubkey = near(meta.pubkey);
    faults.push({ what: "not the vault's owner", error: vaultOwner, meta: { pubkey } });
  }
  return faults;
}
