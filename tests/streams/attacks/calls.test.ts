import * as sdk from "@pinfi/sdk/streams";
import { ExtensionType } from "@solana/spl-token";
import { TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import {
  hashOfName,
  readProgram,
  systemCallHashes,
  systemCallNames,
} from "../../harness/program-file";
import { readIdl } from "../../harness/programs";
import { CALLER, calledBy, deployCaller } from "../../kit/caller";
import { CALLS } from "../honest-calls";
import { KEYS } from "../keys";
import { startScenario } from "../scenario";
import { bit, forgePolicy, mintOf, transferHook } from "./extensions";

const { instructions } = readIdl("streams");

describeSigned("streams / a signature given to one instruction (A22)", (start) => {
  /** Whoever sends these, a keeper above all, lends no signature but the fee payer's. */
  const PERMISSIONLESS = [
    "settle",
    "settle_many",
    "claim",
    "claim_many",
    "remove_line",
    "collect_fees",
    "collect_escrow",
    "reap",
    "claim_member",
    "close_member",
  ];

  it("is asked for by no instruction that anybody may send", () => {
    const unsigned = instructions
      .filter(
        ({ accounts }) => !accounts.some((account) => "signer" in account && !isOptional(account)),
      )
      .map(({ name }) => name);
    assert.sameMembers(unsigned, PERMISSIONLESS);
  });

  const calling = instructions.filter(({ accounts }) =>
    accounts.some((account) => account.name.endsWith("program")),
  );
  for (const { name } of calling) {
    const { stage = "funded", prepare, instructions: call } = CALLS[name] ?? assert.fail(name);
    it(`reaches no program but those that ${name} is made for`, async () => {
      const streams = await startScenario(start, { stage, feeBps: 100 });
      await prepare?.(streams);
      deployCaller(streams.world);
      const honest = await call(streams);
      const last = honest.at(-1) ?? assert.fail("nothing to call");
      for (const [position, { pubkey }] of last.keys.entries()) {
        const program = await streams.world.account(pubkey);
        if (program?.executable !== true) continue;
        const keys = last.keys.map((key, at) =>
          at === position ? { ...key, pubkey: CALLER } : key,
        );
        const bent = new TransactionInstruction({ ...last, keys });
        const error = errorAt(name, position);
        await assertRefused(streams.send([...honest.slice(0, -1), bent]), error);
      }
      await streams.send(await call(streams));
    });
  }
});

const isOptional = (account: object): boolean => "optional" in account;

/** What a program in place of another is refused with: an optional account is the program's own id. */
function errorAt(name: string, position: number): string {
  const account = instructions.find((one) => one.name === name)?.accounts[position];
  if (account === undefined || !isOptional(account)) return "InvalidProgramId";
  if ("signer" in account) return "AccountNotSigner";
  return account.name === "escrow" ? "ConstraintMut" : "AccountNotInitialized";
}

describe("streams / calls between programs", () => {
  it("return data is not read, so that there is none to forge (A20)", () => {
    const names = systemCallNames(readProgram("streams", "v0"));
    assert.include(names, "sol_invoke_signed_c", "system calls stand in the file by name");
    assert.notInclude(names, "sol_get_return_data");
  });

  it("return data is not read as SBPF v3 either, which knows names by hashes (A20, W23)", () => {
    const hashes = systemCallHashes(readProgram("streams", "v3"));
    assert.include(hashes, hashOfName("sol_invoke_signed_c"));
    assert.notInclude(hashes, hashOfName("sol_get_return_data"));
  });
});

describeSigned("streams / calls between programs", (start) => {
  it("a transfer hook is not called, so that nothing calls back from within a payment (A36)", async () => {
    const streams = await startScenario(start, {
      stage: "initialized",
      mint: mintOf(transferHook(CALLER)),
    });
    deployCaller(streams.world);
    await forgePolicy(streams, bit(ExtensionType.TransferHook));
    await streams.openBook();
    const { book, mint, payerTokens } = streams;
    const deposit = sdk.deposit({
      book,
      mint: mint.address,
      tokenProgram: mint.tokenProgram,
      funder: KEYS.payer.publicKey,
      source: payerTokens,
      amount: 100n,
    });
    await assertRefused(streams.send([deposit]), "MissingAccount");
    // Not even where the caller brings what the hook would need.
    for (const pubkey of [CALLER, sdk.STREAMS_PROGRAM_ID]) {
      deposit.keys.push({ pubkey, isSigner: false, isWritable: false });
    }
    await assertRefused(streams.send([deposit]), "MissingAccount");
  });

  it("a call from another program does what the same call does by itself (A36)", async () => {
    const streams = await startScenario(start);
    deployCaller(streams.world);
    await streams.addLine();
    const { book } = streams;
    const close = sdk.closeLine({ authority: KEYS.payee.publicKey, book, line: 0 });
    await streams.send([calledBy([close])]);
    assert.equal((await streams.line()).closingAt, await streams.now());
    // A signature that the other program does not have, it cannot give.
    const add = sdk.closeLine({ authority: KEYS.payer.publicKey, book, line: 0 });
    const keys = add.keys.map((key) => ({ ...key, isSigner: false }));
    const unsigned = new TransactionInstruction({ ...add, keys });
    await assertRefused(streams.send([calledBy([unsigned])]), "AccountNotSigner");
  });
});
