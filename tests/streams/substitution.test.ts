import { fixedKeypair } from "@pinfi/localnet";
import * as sdk from "@pinfi/sdk";
import type { AccountMeta, TransactionInstruction } from "@solana/web3.js";
import { TransactionInstruction as Instruction, type PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { describeSigned } from "../harness/describe";
import { readIdl } from "../harness/programs";
import { TransactionRefused } from "../harness/refused";
import { assertConserved } from "./conservation";
import { otherBook, otherMint } from "./forge";
import { CALLS, type Call } from "./honest-calls";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";
import type { Done } from "./verb";

const NOTHING_THERE = fixedKeypair(93).publicKey;
const COPY = fixedKeypair(94).publicKey;
const FOREIGN_PROGRAM = fixedKeypair(95).publicKey;

/** What the accounts behind those of the IDL are. */
const REMAINING: Record<string, string> = { claim_many: "destination", settle_many: "book" };

/** What passes although an account was replaced, and why that is right. */
const ACCEPTED: Record<string, string> = {
  "initialize.payer: another signer": "anybody may pay the rent",
  "set_mint_policy.payer: another signer": "anybody may pay the rent",
  "set_mint_policy.treasury: another instance": "the authority names any account of the mint",
  "reserve_lines.book: another instance": "the payer's own other book",
  "add_line.book: another instance": "the payer's own other book",
  "set_voucher_signer.book: another instance": "the payer's own other book",
};

/** Accounts to put in place of others. */
interface Cast {
  streams: Scenario;
  other: { book: PublicKey; vault: PublicKey; mint: PublicKey; policy: PublicKey };
}

/** A substitution: its name, and the account as replaced. */
type Substitution = [how: string, meta: Partial<AccountMeta>];

/** Another account of the same type, of which the caller might be the owner. */
function otherInstance(name: string, { streams, other }: Cast): PublicKey | undefined {
  const instances: Record<string, PublicKey> = {
    ...other,
    source: streams.strangerTokens,
    destination: streams.strangerTokens,
    treasury: streams.strangerTokens,
  };
  return instances[name];
}

async function substitutions(
  name: string,
  index: number,
  instruction: TransactionInstruction,
  cast: Cast,
): Promise<Substitution[]> {
  const { streams } = cast;
  const meta = instruction.keys[index];
  if (meta === undefined) throw new Error(`no account ${name}`);
  const found: Substitution[] = [];
  if (meta.isWritable) found.push(["not writable", { isWritable: false }]);
  if (meta.isSigner) {
    found.push(["not signer", { isSigner: false }]);
    found.push(["another signer", { pubkey: KEYS.stranger.publicKey }]);
    return found;
  }
  const original = await streams.world.account(meta.pubkey);
  if (original !== null && !original.executable) {
    streams.world.setAccount(COPY, { ...original, owner: FOREIGN_PROGRAM });
    found.push(["wrong owner", { pubkey: COPY }]);
  }
  found.push(["nothing there", { pubkey: NOTHING_THERE }]);
  const otherType = name === "config" ? cast.other.policy : sdk.configAddress();
  found.push(["another type", { pubkey: otherType }]);
  found.push(["a mint", { pubkey: cast.other.mint }]);
  const another = otherInstance(name, cast);
  if (another !== undefined) found.push(["another instance", { pubkey: another }]);
  instruction.keys.forEach((one, position) => {
    if (position === index || one.pubkey.equals(meta.pubkey)) return;
    found.push([`duplicate of account ${position}`, { pubkey: one.pubkey }]);
  });
  return found;
}

/** Whether a batch went on without the account at `position` of those that are its own. */
function passedOver({ events }: Done, position: number): boolean {
  const skipped = events[0]?.data.skipped;
  if (position < 0 || skipped === undefined) return false;
  return ((BigInt(String(skipped)) >> BigInt(position)) & 1n) === 1n;
}

describeSigned(
  "streams / every account of every instruction, replaced (A01-A12, A18, A19, A24, A34)",
  (start) => {
    const begin = async ({ stage = "funded", prepare }: Call): Promise<Cast> => {
      const streams = await startScenario(start, { stage, feeBps: 100 });
      const none = { book: NOTHING_THERE, vault: NOTHING_THERE, mint: KEYS.mint.publicKey };
      if (stage === "deployed") return { streams, other: { ...none, policy: NOTHING_THERE } };
      const second = await otherMint(streams);
      const other = { ...(await otherBook(streams)), mint: second.mint.address };
      await prepare?.(streams);
      return { streams, other: { ...other, policy: second.policy } };
    };
    let accepted: string[] = [];
    let tried = 0;
    before(() => {
      accepted = [];
      tried = 0;
    });

    for (const { name: instruction, accounts } of readIdl("streams").instructions) {
      it(instruction, async () => {
        const call = CALLS[instruction];
        if (call === undefined) throw new Error(`no call for ${instruction}`);
        let cast = await begin(call);
        const first = (await call.instructions(cast.streams)).at(-1);
        const names = first?.keys.map((_, at) => accounts[at]?.name ?? REMAINING[instruction]);
        for (const [index, name = "unnamed"] of (names ?? []).entries()) {
          const honest = await call.instructions(cast.streams);
          const target = honest[honest.length - 1];
          if (target === undefined) throw new Error("nothing to call");
          for (const [how, change] of await substitutions(name, index, target, cast)) {
            const keys = target.keys.map((meta, position) =>
              position === index ? { ...meta, ...change } : meta,
            );
            const replaced = new Instruction({ ...target, keys });
            tried += 1;
            try {
              const done = await cast.streams.send([...honest.slice(0, -1), replaced]);
              const passed = passedOver(done, index - accounts.length);
              if (passed) await assertConserved(cast.streams, 0n);
              else accepted.push(`${instruction}.${name}: ${how}`);
              cast = await begin(call);
            } catch (error) {
              if (!(error instanceof TransactionRefused)) throw error;
              assert.deepEqual(error.changes, [], `${instruction}.${name}: ${how} left traces`);
            }
          }
        }
        // The honest call still goes through, so it was the replaced account that was refused.
        await cast.streams.send(await call.instructions(cast.streams));
      });
    }

    it("nothing passes but what is listed with a reason", () => {
      console.log(`      ${tried} substitutions tried`);
      assert.sameMembers(accepted, Object.keys(ACCEPTED));
    });
  },
);
