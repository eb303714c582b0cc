import { fixedKeypair } from "@pinfi/localnet";
import * as sdk from "@pinfi/sdk";
import type { AccountMeta, TransactionInstruction } from "@solana/web3.js";
import { TransactionInstruction as Instruction, type PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { describeSigned } from "../harness/describe";
import { readIdl } from "../harness/programs";
import { TransactionRefused } from "../harness/refused";
import { otherBook, otherMint } from "./forge";
import { KEYS } from "./keys";
import { GRACE, type Scenario, type Stage, startScenario } from "./scenario";

const NOTHING_THERE = fixedKeypair(93).publicKey;
const COPY = fixedKeypair(94).publicKey;
const FOREIGN_PROGRAM = fixedKeypair(95).publicKey;

/** What passes although an account was replaced, and why that is right. */
const ACCEPTED: Record<string, string> = {
  "initialize.payer: another signer": "anybody may pay the rent",
  "set_mint_policy.payer: another signer": "anybody may pay the rent",
  "set_mint_policy.treasury: another instance": "the authority names any account of the mint",
  "reserve_lines.book: another instance": "the payer's own other book",
  "add_line.book: another instance": "the payer's own other book",
  "set_voucher_signer.book: another instance": "the payer's own other book",
};

/** A call that succeeds, with what must have happened before it. */
interface Call {
  stage?: Stage;
  prepare?: (streams: Scenario) => Promise<unknown>;
  /** The last of the instructions is the one whose accounts are replaced. */
  instructions: (streams: Scenario) => Promise<TransactionInstruction[]> | TransactionInstruction[];
}

const payer = KEYS.payer.publicKey;
const withLine = async (streams: Scenario): Promise<void> => {
  await streams.addLine({ deposit: 1_000n, rate: 5n });
  await streams.advance({ seconds: 60n });
};
const vaultOf = ({ book, mint }: Scenario) => ({ book, mint: mint.address });

const CALLS: Record<string, Call> = {
  initialize: {
    stage: "deployed",
    instructions: ({ world }) => [
      sdk.initialize({
        payer,
        upgradeAuthority: world.upgradeAuthority.publicKey,
        authority: KEYS.authority.publicKey,
      }),
    ],
  },
  nominate_authority: {
    instructions: () => [
      sdk.nominateAuthority({
        authority: KEYS.authority.publicKey,
        nominee: KEYS.controller.publicKey,
      }),
    ],
  },
  accept_authority: {
    prepare: (streams) => streams.nominateAuthority({ nominee: KEYS.controller.publicKey }),
    instructions: () => [sdk.acceptAuthority({ nominee: KEYS.controller.publicKey })],
  },
  set_mint_policy: {
    instructions: ({ mint, treasury }) => [
      sdk.setMintPolicy({
        authority: KEYS.authority.publicKey,
        payer,
        mint: mint.address,
        treasury,
        minDeposit: 10n,
        allowedExtensions: 0n,
        feeBps: 100,
        burnBps: 5_000,
        enabled: true,
      }),
    ],
  },
  open_book: {
    instructions: ({ mint }) => [
      sdk.openBook({ payer, mint: mint.address, id: 2, graceSeconds: Number(GRACE) }),
    ],
  },
  deposit: {
    instructions: (streams) => [
      sdk.deposit({
        ...vaultOf(streams),
        funder: payer,
        source: streams.payerTokens,
        amount: 100n,
      }),
    ],
  },
  refund: {
    instructions: (streams) => [
      sdk.refund({ ...vaultOf(streams), payer, destination: streams.payerTokens, amount: 100n }),
    ],
  },
  reserve_lines: {
    instructions: ({ book }) => [sdk.reserveLines({ payer, book, count: 2 })],
  },
  add_line: {
    instructions: ({ book }) => [
      sdk.addLine({
        payer,
        book,
        line: 0,
        payee: KEYS.payee.publicKey,
        deposit: 100n,
        rate: 0n,
        controlled: false,
      }),
    ],
  },
  fund_line: {
    prepare: withLine,
    instructions: ({ book }) => [sdk.fundLine({ payer, book, line: 0, amount: 100n })],
  },
  set_rate: {
    prepare: withLine,
    instructions: ({ book }) => [sdk.setRate({ authority: payer, book, line: 0, rate: 1n })],
  },
  set_voucher_signer: {
    instructions: ({ book }) => [
      sdk.setVoucherSigner({
        payer,
        book,
        signer: KEYS.voucherSigner.publicKey,
        expiresAt: 2n ** 63n - 1n,
        cap: 2n ** 64n - 1n,
      }),
    ],
  },
  settle: {
    prepare: withLine,
    instructions: async (streams) => streams.settleInstructions(await streams.voucher()),
  },
  claim: {
    prepare: withLine,
    instructions: (streams) => [
      sdk.claim({ ...vaultOf(streams), line: 0, destination: streams.payeeTokens }),
    ],
  },
  close_line: {
    prepare: withLine,
    instructions: ({ book }) => [sdk.closeLine({ authority: payer, book, line: 0 })],
  },
  remove_line: {
    prepare: async (streams) => {
      await withLine(streams);
      await streams.closeLine({ authority: KEYS.payee.publicKey });
    },
    instructions: ({ book }) => [sdk.removeLine({ book, line: 0 })],
  },
  collect_fees: {
    prepare: async (streams) => {
      await withLine(streams);
      await streams.claim();
    },
    instructions: (streams) => [
      sdk.collectFees({ ...vaultOf(streams), treasury: streams.treasury }),
    ],
  },
  close_book: {
    prepare: (streams) => streams.advance({ slots: 1n }),
    instructions: (streams) => [
      sdk.closeBook({ ...vaultOf(streams), payer, destination: streams.payerTokens }),
    ],
  },
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

describeSigned(
  "streams / every account of every instruction, replaced (A01-A10, A18, A19, A24, A34)",
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
    const accepted: string[] = [];
    let tried = 0;

    for (const { name: instruction, accounts } of readIdl("streams").instructions) {
      it(instruction, async () => {
        const call = CALLS[instruction];
        if (call === undefined) throw new Error(`no call for ${instruction}`);
        let cast = await begin(call);
        for (const [index, { name }] of accounts.entries()) {
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
              await cast.streams.send([...honest.slice(0, -1), replaced]);
              accepted.push(`${instruction}.${name}: ${how}`);
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
