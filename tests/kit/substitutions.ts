import { fixedKeypair } from "@pinfi/localnet";
import {
  type AccountMeta,
  TransactionInstruction as Instruction,
  type PublicKey,
  type TransactionInstruction,
} from "@solana/web3.js";
import { assert } from "chai";
import { type ProgramName, readIdl } from "../harness/programs";
import { TransactionRefused } from "../harness/refused";
import { type Bench, callOf, type HonestCall } from "./call";

/** Where nothing is, as address of an account that was never made. */
export const NOTHING_THERE = fixedKeypair(93).publicKey;
const COPY = fixedKeypair(94).publicKey;
const FOREIGN_PROGRAM = fixedKeypair(95).publicKey;

/** A bench after a call's preparations, and what may be put in place of its accounts. */
export interface Prepared<B extends Bench> {
  bench: B;
  /** Accounts of the right type that are not the right ones, by the names of those they replace. */
  others: Readonly<Record<string, PublicKey>>;
  /** A mint that is not the one of the call. */
  otherMint: PublicKey;
  /** An account of the program that is of another type than the one so named. */
  anotherType(name: string): PublicKey;
}

/** What the matrix has to know of a program. */
export interface SubstitutionOptions<B extends Bench, C extends HonestCall<B>> {
  program: ProgramName;
  calls: Readonly<Record<string, C>>;
  /** A new bench, set up for a call and prepared. */
  begin(call: C): Promise<Prepared<B>>;
  /** Somebody who signs and has no right to anything. */
  stranger: PublicKey;
  /** What the accounts behind those of the IDL are called. */
  remaining?: Readonly<Record<string, string>>;
  /** What passes although an account was replaced (`instruction.account: how`), and why that is right. */
  accepted: Readonly<Record<string, string>>;
  /** Looks whether every sum still holds, where a batch went on without an account. */
  assertConserved?(bench: B): Promise<void>;
}

/** A substitution: its name, and the account as replaced. */
type Substitution = [how: string, meta: Partial<AccountMeta>];

/** All that may stand in place of the account at `index`. */
async function substitutionsOf<B extends Bench>(
  { name, index, instruction, stranger }: SubstitutedAccount,
  { bench: { world }, others, otherMint, anotherType }: Prepared<B>,
): Promise<Substitution[]> {
  const meta = instruction.keys[index];
  if (meta === undefined) throw new Error(`no account ${name}`);
  const found: Substitution[] = [];
  if (meta.isWritable) found.push(["not writable", { isWritable: false }]);
  if (meta.isSigner) {
    found.push(["not signer", { isSigner: false }]);
    found.push(["another signer", { pubkey: stranger }]);
    return found;
  }
  const original = await world.account(meta.pubkey);
  if (original !== null && !original.executable) {
    world.setAccount(COPY, { ...original, owner: FOREIGN_PROGRAM });
    found.push(["wrong owner", { pubkey: COPY }]);
  }
  found.push(["nothing there", { pubkey: NOTHING_THERE }]);
  found.push(["another type", { pubkey: anotherType(name) }]);
  found.push(["a mint", { pubkey: otherMint }]);
  const another = others[name];
  if (another !== undefined) found.push(["another instance", { pubkey: another }]);
  instruction.keys.forEach((one, position) => {
    if (position === index || one.pubkey.equals(meta.pubkey)) return;
    found.push([`duplicate of account ${position}`, { pubkey: one.pubkey }]);
  });
  return found;
}

/** An account of an instruction that is to be replaced. */
interface SubstitutedAccount {
  name: string;
  index: number;
  instruction: TransactionInstruction;
  stranger: PublicKey;
}

/** Whether a batch says that it went on without the account at `position` of those that are its own. */
function passedOver(
  events: readonly { data: Record<string, unknown> }[],
  position: number,
): boolean {
  const skipped = events[0]?.data.skipped;
  if (position < 0 || skipped === undefined) return false;
  return ((BigInt(String(skipped)) >> BigInt(position)) & 1n) === 1n;
}

/**
 * Tests, inside a `describe`, that every account of every instruction can be replaced by nothing else:
 * each is tried unsigned, read-only, of another owner, type and mint, as another instance and as every
 * other account of the call. A refusal must leave every account as it was; the honest call must still
 * succeed afterwards. Needs a world that verifies signatures.
 */
export function itRefusesSubstitutions<B extends Bench, C extends HonestCall<B>>(
  options: SubstitutionOptions<B, C>,
): void {
  const { program, calls, begin, stranger, remaining = {}, accepted, assertConserved } = options;
  let passed: string[] = [];
  let tried = 0;
  before(() => {
    passed = [];
    tried = 0;
  });

  for (const { name: instruction, accounts } of readIdl(program).instructions) {
    it(instruction, async () => {
      const call = callOf(calls, instruction);
      let prepared = await begin(call);
      const first = (await call.instructions(prepared.bench)).at(-1);
      const names = first?.keys.map((_, at) => accounts[at]?.name ?? remaining[instruction]);
      for (const [index, name = "unnamed"] of (names ?? []).entries()) {
        const honest = await call.instructions(prepared.bench);
        const target = honest.at(-1);
        if (target === undefined) throw new Error("nothing to call");
        const account = { name, index, instruction: target, stranger };
        for (const [how, change] of await substitutionsOf(account, prepared)) {
          const keys = target.keys.map((meta, position) =>
            position === index ? { ...meta, ...change } : meta,
          );
          const replaced = new Instruction({ ...target, keys });
          tried += 1;
          try {
            const { events } = await prepared.bench.send([...honest.slice(0, -1), replaced]);
            if (passedOver(events, index - accounts.length))
              await assertConserved?.(prepared.bench);
            else passed.push(`${instruction}.${name}: ${how}`);
            prepared = await begin(call);
          } catch (error) {
            if (!(error instanceof TransactionRefused)) throw error;
            assert.deepEqual(error.changes, [], `${instruction}.${name}: ${how} left traces`);
          }
        }
      }
      // The honest call still goes through, so it was the replaced account that was refused.
      await prepared.bench.send(await call.instructions(prepared.bench));
    });
  }

  it("nothing passes but what is listed with a reason", () => {
    console.log(`      ${tried} substitutions tried`);
    assert.sameMembers(passed, Object.keys(accepted));
  });
}
