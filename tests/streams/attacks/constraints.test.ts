import { STREAMS_PROGRAM_ID } from "@pinfi/sdk";
import { TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import { type AccountInfo, type AccountMeta, type PublicKey, SystemProgram } from "@solana/web3.js";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { readIdl } from "../../harness/programs";
import { idleProgram } from "../../harness/proxy-program";
import { CALLS } from "../honest-calls";
import { type Scenario, startScenario } from "../scenario";
import { near } from "./craft";
import { deployProxy } from "./proxy";

// Each account of each instruction with one thing wrong about it, and everything else as it should
// be: the account stands at its own address, with its own bytes, but for what is named. Each is
// refused by the one check that is there for it, so each error is exact.

/** Accounts of this program. */
const OURS = ["config", "policy", "book", "pool", "member"];
const TOKENS = ["mint", "vault", "source", "destination"];
/** Where an account of ours names another account, and what is said if that is not it. */
const NAMED: Record<string, { at: Record<string, number>; error: string }> = {
  payer: { at: { book: 8 }, error: "NotPayer" },
  owner: { at: { pool: 8 }, error: "NotPoolOwner" },
  authority: { at: { config: 8 }, error: "NotAuthority" },
  pool: { at: { member: 8 }, error: "WrongPool" },
  mint: { at: { book: 8 + 32, pool: 8 + 32 }, error: "WrongMint" },
  vault: { at: { book: 8 + 64, pool: 8 + 64 }, error: "WrongVault" },
};
/** What is said if a token account belongs to somebody else. */
const OWNERS: Record<string, string> = {
  claim: "NotPayeeAccount",
  claim_member: "NotPayeeAccount",
  refund: "NotPayerAccount",
  close_book: "NotPayerAccount",
  reap: "NotPayerAccount",
  close_pool: "NotPayerAccount",
};
/** Offsets in a token account. */
const TOKEN = { mint: 0, owner: 32 };

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
/** One thing wrong: another meta in the call, or another account at an address. */
interface Fault {
  what: string;
  error: string;
  meta?: Partial<AccountMeta>;
  place?: [PublicKey, AccountInfo<Buffer>];
}

const flipped = (account: AccountInfo<Buffer>, at: number): AccountInfo<Buffer> => {
  const data = Buffer.from(account.data);
  data.writeUInt8(data.readUInt8(at) ^ 1, at);
  return { ...account, data };
};

describeSigned(
  "streams / one thing wrong about one account (W22c, A01, A03, A04, A07, A18, A19, A24, A28, A30, A34)",
  (start) => {
    for (const { name: instruction, accounts } of readIdl("streams").instructions) {
      if (accounts.length === 0) continue; // a batch: its accounts are looked at one by one, in its own tests
      it(`${instruction} refuses each, by the check that is there for it`, async () => {
        const call = CALLS[instruction];
        if (call === undefined) throw new Error(`no call for ${instruction}`);
        const streams = await startScenario(start, { stage: call.stage ?? "funded", feeBps: 100 });
        await call.prepare?.(streams);
        const honest = await call.instructions(streams);
        const last = honest.at(-1);
        if (last === undefined) throw new Error("nothing to call");
        // An account too many leads past the hot path, whose checks forged-claims.test.ts and forged-settles.test.ts are about.
        const extra = { pubkey: SystemProgram.programId, isSigner: false, isWritable: false };
        if (["claim", "settle"].includes(instruction)) last.keys.push(extra);
        const keyOf = (name: string) =>
          last.keys[accounts.findIndex((one) => one.name === name)]?.pubkey;

        for (const [index, account] of accounts.entries()) {
          const meta = last.keys[index];
          if (meta === undefined || !("name" in account)) throw new Error("no such account");
          for (const fault of await faultsOf({ streams, instruction, account, meta, keyOf })) {
            const title = `${instruction}.${account.name}: ${fault.what}`;
            const keys = last.keys.map((one, at) =>
              at === index ? { ...one, ...fault.meta } : one,
            );
            const before = fault.place && (await streams.world.account(fault.place[0]));
            if (fault.place) streams.world.setAccount(...fault.place);
            const sent = streams.send([...honest.slice(0, -1), { ...last, keys }]);
            await assertRefused(sent, INSTEAD[title] ?? fault.error).catch((error: Error) => {
              error.message = `${title}: ${error.message}`;
              throw error;
            });
            if (fault.place && before) streams.world.setAccount(fault.place[0], before);
          }
        }
        await streams.send(honest);
      });
    }
  },
);

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

async function faultsOf({
  streams: { world },
  instruction,
  account: { name, writable, signer, optional, address, pda, relations = [] },
  meta,
  keyOf,
}: {
  streams: Scenario;
  instruction: string;
  account: IdlAccount;
  meta: AccountMeta;
  keyOf: (name: string) => PublicKey | undefined;
}): Promise<Fault[]> {
  // One that the call does without: what may be wrong about it is tried where it is given.
  if (optional && meta.pubkey.equals(STREAMS_PROGRAM_ID)) return [];
  const faults: Fault[] = [];
  if (writable)
    faults.push({ what: "read-only", error: "ConstraintMut", meta: { isWritable: false } });
  if (signer)
    faults.push({ what: "not signed", error: "AccountNotSigner", meta: { isSigner: false } });
  if (name.endsWith("program")) {
    const pubkey = near(meta.pubkey);
    deployProxy(world, { address: pubkey, elf: idleProgram() });
    return [...faults, { what: "another program", error: "InvalidProgramId", meta: { pubkey } }];
  }
  const there = await world.account(meta.pubkey);
  for (const by of relations) {
    const { at, error } = NAMED[name] ?? { at: {}, error: "" };
    const place = keyOf(by);
    const offset = at[by];
    const holder = place && (await world.account(place));
    // A policy's address comes from the mint it names: another mint's policy is tried elsewhere.
    if (place === undefined || offset === undefined || !holder) continue;
    const changed: Fault["place"] = [place, flipped(holder, offset + 31)];
    faults.push({ what: `not the one that ${by} names`, error, place: changed });
  }
  if (there === null) return faults;

  const wrongOwner = { ...there, owner: near(there.owner) };
  const place = (account: AccountInfo<Buffer>): Fault["place"] => [meta.pubkey, account];
  if ([...OURS, ...TOKENS, "program_data"].includes(name)) {
    const error = "AccountOwnedByWrongProgram";
    faults.push({ what: "of another program", error, place: place(wrongOwner) });
  }
  if (OURS.includes(name)) {
    const error = "AccountDiscriminatorMismatch";
    faults.push({ what: "of another type", error, place: place(flipped(there, 7)) });
  }
  if (pda || address) {
    const pubkey = near(meta.pubkey);
    world.setAccount(pubkey, there);
    const error = pda ? "ConstraintSeeds" : "ConstraintAddress";
    faults.push({ what: "beside its address", error, meta: { pubkey } });
  }
  if (instruction.startsWith("collect_") && name === "treasury") {
    const pubkey = near(meta.pubkey);
    world.setAccount(pubkey, there);
    faults.push({ what: "beside its address", error: "WrongTreasury", meta: { pubkey } });
  }
  if (name === "source" || name === "destination") {
    const { mint, owner } = TOKEN;
    const other = { ...there, owner: TOKEN_2022_PROGRAM_ID };
    faults.push(
      {
        what: "of another mint",
        error: "ConstraintTokenMint",
        place: place(flipped(there, mint + 31)),
      },
      {
        what: "of the other token program",
        error: "ConstraintTokenTokenProgram",
        place: place(other),
      },
      {
        what: "somebody else's",
        error: OWNERS[instruction] ?? "OwnerMismatch",
        place: place(flipped(there, owner + 31)),
      },
    );
    const vault = keyOf("vault");
    if (vault) {
      const error = "ConstraintDuplicateMutableAccount";
      faults.push({ what: "the vault", error, meta: { pubkey: vault } });
    }
  }
  if (name === "vault" && keyOf("authority")) {
    const error = "NotVaultAuthority";
    faults.push({
      what: "of another owner",
      error,
      place: place(flipped(there, TOKEN.owner + 31)),
    });
  }
  if (name === "authority" && !signer && keyOf("vault")) {
    const pubkey = near(meta.pubkey);
    faults.push({ what: "not the vault's owner", error: "NotVaultAuthority", meta: { pubkey } });
  }
  return faults;
}
