import { ed25519 } from "@noble/curves/ed25519";
import * as sdk from "@pinfi/sdk";
import { TOKEN_PROGRAM_ID } from "@solana/spl-token";
import { type AccountInfo, type PublicKey, SYSVAR_INSTRUCTIONS_PUBKEY } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { idleProgram } from "../../harness/proxy-program";
import { createLooseTokenAccount, mintTo } from "../../harness/tokens";
import { KEYS } from "../keys";
import { DEPOSIT, type Scenario, startScenario } from "../scenario";
import { altered, ed25519Of, flip, near } from "./craft";
import { deployProxy } from "./proxy";

// Substitution replaces one account and leaves the rest as it was, so that a forgery is often caught
// by another check than the one it aims at. Here every forgery is consistent: all that hangs on the
// forged account is forged with it, and one check alone can refuse it. `settle` and `claim` compare
// keys in words of eight bytes: near misses differ in the last byte of one word, and of the key.

/** The last byte of each word. */
const WORDS = [7, 15, 23, 31] as const;
const TOKEN = { mint: 0, owner: 32 } as const;

async function present({ world }: Scenario, address: PublicKey): Promise<AccountInfo<Buffer>> {
  const account = await world.account(address);
  if (account === null) throw new Error(`nothing at ${address.toBase58()}`);
  return { ...account, data: Buffer.from(account.data) };
}

describeSigned("streams / consistent forgeries of a settle (W22a)", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine();
  });
  const honest = async () => {
    await streams.settle();
    assert.equal((await streams.line()).vouched, 300n);
  };

  const sysvars: [what: string, address: PublicKey][] = [
    ["at an address of the attacker's", KEYS.loose.publicKey],
    ...WORDS.map((at): [string, PublicKey] => [
      `at the sysvar's address but for byte ${at}`,
      near(SYSVAR_INSTRUCTIONS_PUBKEY, at),
    ]),
  ];
  for (const [what, address] of sysvars) {
    it(`A18 refuses an account ${what} that tells of a signature nobody made`, async () => {
      const { book, world } = streams;
      const { voucherDomain: domain } = await streams.state();
      const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [900n] };
      const settle = sdk.settle({ book, domain, targets, proof: { instruction: 0, entry: 0 } });
      const messageLength = settle.data.length - 10;
      const signature = ed25519Of([
        {
          key: KEYS.payer.publicKey,
          signature: Buffer.alloc(64, 7),
          messageLength,
          messageInstruction: 1,
        },
      ]);
      const data = sysvarOf([signature, settle], 1);
      const owner = KEYS.otherLoose.publicKey;
      const lamports = 1_000_000_000;
      world.setAccount(address, { data, owner, lamports, executable: false, rentEpoch: 0 });
      const forged = settle.keys.map((meta) =>
        meta.pubkey.equals(book) ? meta : { ...meta, pubkey: address },
      );
      await assertRefused(streams.send([{ ...settle, keys: forged }]), "ConstraintAddress");
      await honest();
    });
  }

  for (const at of WORDS) {
    it(`D09 refuses a signed voucher whose domain differs in byte ${at}`, async () => {
      const { book } = streams;
      const domain = Buffer.from((await streams.state()).voucherDomain);
      flip(domain, at);
      const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [900n] };
      const voucher = sdk.signVoucher({ domain, book, targets, signer: KEYS.payer });
      const sent = streams.settleInstructions({ book, domain, voucher });
      await assertRefused(streams.send(sent), "VoucherDomainMismatch");
      await honest();
    });

    it(`A03 refuses a book of a program whose id differs in byte ${at}`, async () => {
      const account = await present(streams, streams.book);
      const settle = await streams.voucher();
      const owner = near(sdk.STREAMS_PROGRAM_ID, at);
      streams.world.setAccount(streams.book, { ...account, owner });
      const sent = streams.settleInstructions(settle);
      await assertRefused(streams.send(sent), "AccountOwnedByWrongProgram");
      streams.world.setAccount(streams.book, account);
      await honest();
    });

    it(`D01 refuses a signature by a key that differs from the signer's in byte ${at}`, async () => {
      // Turned over in the book, as nobody can find a key so near to one's own.
      const account = await present(streams, streams.book);
      const settle = await streams.voucher();
      const data = Buffer.from(account.data);
      flip(data, 8 + 96 + at);
      streams.world.setAccount(streams.book, { ...account, data });
      await assertRefused(streams.send(streams.settleInstructions(settle)), "WrongVoucherSigner");
      streams.world.setAccount(streams.book, account);
      await honest();
    });
  }

  it("A04 refuses an account that differs from a book in the last byte of its type", async () => {
    const account = await present(streams, streams.book);
    const settle = await streams.voucher();
    const data = Buffer.from(account.data);
    flip(data, 7);
    streams.world.setAccount(streams.book, { ...account, data });
    const sent = streams.settleInstructions(settle);
    await assertRefused(streams.send(sent), "AccountDiscriminatorMismatch");
    streams.world.setAccount(streams.book, account);
    await honest();
  });

  it("A35 refuses a call whose name differs in its last byte", async () => {
    const [signature, settle] = streams.settleInstructions(await streams.voucher());
    if (signature === undefined) throw new Error("no signature");
    const unknown = altered(settle, (data) => flip(data, 7));
    await assertRefused(streams.send([signature, unknown]), "InstructionFallbackNotFound");
    await honest();
  });

  it("A35 refuses a book one byte shorter than its header", async () => {
    const account = await present(streams, streams.book);
    const settle = await streams.voucher({
      targets: { kind: "sparse", entries: [{ line: 0, cumulative: 300n }] },
    });
    const sent = streams.settleInstructions(settle);
    const data = account.data.subarray(0, sdk.BOOK_HEADER_LENGTH - 1);
    streams.world.setAccount(streams.book, { ...account, data });
    await assertRefused(streams.send(sent), "AccountDidNotDeserialize");
    streams.world.setAccount(streams.book, account);
    await streams.send(sent);
    assert.equal((await streams.line()).vouched, 300n);
  });

  it("D05 refuses a voucher without targets, though its signer signed it", async () => {
    const { book } = streams;
    const domain = (await streams.state()).voucherDomain;
    for (const targets of [
      { kind: "dense", start: 0, cumulative: [] },
      { kind: "sparse", entries: [] },
    ] satisfies sdk.Targets[]) {
      const one: sdk.Targets =
        targets.kind === "dense"
          ? { ...targets, cumulative: [300n] }
          : { ...targets, entries: [{ line: 0, cumulative: 300n }] };
      const settle = sdk.settle({
        book,
        domain,
        targets: one,
        proof: { instruction: 0, entry: 0 },
      });
      const empty = altered(settle, (data) => {
        const targetsAt = targets.kind === "dense" ? 8 + 32 + 3 : 8 + 32 + 1;
        const head = Buffer.from(data.subarray(0, targetsAt + 4));
        head.writeUInt32LE(0, targetsAt);
        return Buffer.concat([head, data.subarray(data.length - 2)]);
      });
      const message = empty.data.subarray(8, empty.data.length - 2);
      const signature = ed25519.sign(message, KEYS.payer.secretKey.subarray(0, 32));
      const signed = ed25519Of([
        {
          key: KEYS.payer.publicKey,
          signature,
          messageLength: message.length,
          messageInstruction: 1,
        },
      ]);
      await assertRefused(streams.send([signed, empty]), "MalformedVoucher");
    }
    await honest();
  });
});

describeSigned("streams / consistent forgeries of a claim (W22a)", (start) => {
  let streams: Scenario;
  // 60 s at 5 per second: 300 earned of 1,000 deposited.
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine({ deposit: 1_000n, rate: 5n });
    await streams.advance({ seconds: 60n });
  });
  const honest = async () => {
    await streams.claim();
    assert.equal((await streams.line()).claimed, 300n);
    assert.equal(await streams.balance(streams.payeeTokens), 300n);
    assert.equal(await streams.balance(streams.vault), DEPOSIT - 300n);
  };
  /** The account at `address`, changed in place or moved; returns how to undo it. */
  const change = async (
    address: PublicKey,
    to: { at?: PublicKey; owner?: PublicKey; flipped?: number; length?: number },
  ) => {
    const account = await present(streams, address);
    const data = Buffer.from(account.data.subarray(0, to.length ?? account.data.length));
    if (to.flipped !== undefined) flip(data, to.flipped);
    const { at = address, owner = account.owner } = to;
    streams.world.setAccount(at, { ...account, owner, data });
    return () => streams.world.setAccount(address, account);
  };
  /** A program that does nothing and calls it success. */
  const deployIdle = (address: PublicKey) =>
    deployProxy(streams.world, { address, elf: idleProgram() });

  for (const at of WORDS) {
    const fake = near(TOKEN_PROGRAM_ID, at);
    it(`A19 refuses a program in place of the token program, whose id differs in byte ${at}`, async () => {
      deployIdle(fake);
      const undo = await change(streams.payeeTokens, { owner: fake });
      const claim = streams.claim({ accounts: { token_program: fake } });
      await assertRefused(claim, "AccountOwnedByWrongProgram");
      undo();
      await honest();
    });

    it(`A24 refuses a vault beside the book's, whose address differs in byte ${at}`, async () => {
      const vault = near(streams.vault, at);
      await change(streams.vault, { at: vault });
      await assertRefused(streams.claim({ accounts: { vault } }), "WrongVault");
      await honest();
    });

    it(`A28 refuses an account whose owner differs from the payee in byte ${at}`, async () => {
      const undo = await change(streams.payeeTokens, { flipped: TOKEN.owner + at });
      await assertRefused(streams.claim(), "NotPayeeAccount");
      undo();
      await honest();
    });

    it(`A03 refuses a book of a program whose id differs in byte ${at}`, async () => {
      const undo = await change(streams.book, { owner: near(sdk.STREAMS_PROGRAM_ID, at) });
      await assertRefused(streams.claim(), "AccountOwnedByWrongProgram");
      undo();
      await honest();
    });
  }

  it("A19 refuses a vault and an account of a program that is no token program", async () => {
    const fake = KEYS.loose.publicKey;
    deployIdle(fake);
    const vault = KEYS.otherLoose.publicKey;
    await change(streams.vault, { at: vault, owner: fake });
    const undo = await change(streams.payeeTokens, { owner: fake });
    const claim = streams.claim({ accounts: { token_program: fake, vault } });
    await assertRefused(claim, "AccountOwnedByWrongProgram");
    undo();
    await honest();
  });

  it("A24 refuses another account of the vault's owner, with tokens in it", async () => {
    const { world, mint, vaultOwner } = streams;
    const owner = vaultOwner;
    const vault = await createLooseTokenAccount({ world, mint, owner, keypair: KEYS.loose });
    await mintTo({ world, mint, to: vault, amount: 5_000n });
    await assertRefused(streams.claim({ accounts: { vault } }), "WrongVault");
    await honest();
  });

  // Of these the hot path looks at the first word only; the token program or the runtime sees the rest.
  const looked: [what: string, at: number, error: string][] = [
    ["mint", 7, "WrongMint"],
    ["mint", 31, "MintMismatch"],
    ["authority", 7, "NotVaultAuthority"],
    ["authority", 31, "PrivilegeEscalation"],
  ];
  for (const [what, at, error] of looked) {
    it(`A24, A30 refuses the wrong ${what}, whose address differs in byte ${at}`, async () => {
      const { mint, vaultOwner } = streams;
      const genuine = what === "mint" ? mint.address : vaultOwner;
      const address = near(genuine, at);
      if (what === "mint") await change(genuine, { at: address });
      await assertRefused(streams.claim({ accounts: { [what]: address } }), error);
      await honest();
    });
  }

  const destinations: [what: string, to: Parameters<typeof change>[1], error: string][] = [
    ["of another mint, by byte 7", { flipped: TOKEN.mint + 7 }, "ConstraintTokenMint"],
    ["of another mint, by byte 31", { flipped: TOKEN.mint + 31 }, "MintMismatch"],
    [
      "of another program, by byte 7",
      { owner: near(TOKEN_PROGRAM_ID, 7) },
      "AccountOwnedByWrongProgram",
    ],
    [
      "of another program, by byte 31",
      { owner: near(TOKEN_PROGRAM_ID) },
      "ExternalAccountDataModified",
    ],
    ["one byte too short", { length: 164 }, "InvalidAccountData"],
  ];
  for (const [what, to, error] of destinations) {
    it(`A30 refuses an account of the payee's ${what}`, async () => {
      const undo = await change(streams.payeeTokens, to);
      await assertRefused(streams.claim(), error);
      undo();
      await honest();
    });
  }

  it("A35 refuses a call whose name differs in its last byte", async () => {
    const { book, mint, payeeTokens: destination } = streams;
    const claim = sdk.claim({ book, mint: mint.address, line: 0, destination });
    const unknown = altered(claim, (data) => flip(data, 7));
    await assertRefused(streams.send([unknown]), "InstructionFallbackNotFound");
    await honest();
  });

  it("A34 refuses a destination and a vault that are read-only", async () => {
    for (const name of ["destination", "vault"]) {
      const claim = streams.claim({ accounts: { [name]: { isWritable: false } } });
      await assertRefused(claim, "ConstraintMut");
    }
    await honest();
  });
});

/** The Instructions sysvar of a transaction of these instructions, none of which names an account. */
function sysvarOf(
  instructions: readonly { programId: PublicKey; data: Buffer }[],
  current: number,
): Buffer {
  const u16 = (...values: number[]) => Buffer.from(Uint16Array.from(values).buffer);
  const parts = instructions.map(({ programId, data }) =>
    Buffer.concat([u16(0), programId.toBuffer(), u16(data.length), data]),
  );
  const first = 2 + 2 * parts.length;
  const offsets = parts.map((_, nth) =>
    parts.slice(0, nth).reduce((sum, { length }) => sum + length, first),
  );
  return Buffer.concat([u16(parts.length, ...offsets), ...parts, u16(current)]);
}
