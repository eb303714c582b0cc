import { fixedKeypair } from "@pinfi/localnet";
import * as sdk from "@pinfi/sdk/streams";
import { NATIVE_MINT } from "@solana/spl-token";
import type { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeWorlds } from "../../harness/describe";
import { readIdl } from "../../harness/programs";
import { fundTokenAccount, setFrozen, tokenAddress } from "../../harness/tokens";
import { CALLS } from "../honest-calls";
import { KEYS } from "../keys";
import { startPool } from "../pool-scenario";
import { REAP_DELAY, startScenario } from "../scenario";
import { placeNativeMint, wrap } from "../wrapped-sol";

const NOTHING_THERE = fixedKeypair(93).publicKey;
const payer = KEYS.payer.publicKey;
const stranger = KEYS.stranger.publicKey;

describeWorlds(
  "streams / something empty in place of an account that may be absent (A42)",
  (start) => {
    const empty: [what: string, address: PublicKey, error: string][] = [
      ["an address where nothing is", NOTHING_THERE, "AccountNotInitialized"],
      ["a wallet, which has no data", stranger, "AccountOwnedByWrongProgram"],
    ];
    const optional = readIdl("streams").instructions.flatMap(({ name, accounts }) =>
      accounts.flatMap((account) => ("optional" in account ? [`${name}.${account.name}`] : [])),
    );

    it("is tried for each account that may be left out", () => {
      assert.sameMembers(optional, [
        "set_mint_policy.treasury",
        "collect_fees.treasury",
        "collect_fees.escrow",
        "reap.destination",
        "claim.payee",
        "claim_member.who",
      ]);
    });

    for (const [what, address, error] of empty) {
      it(`is refused as a policy's treasury: ${what}`, async () => {
        const streams = await startScenario(start);
        await assertRefused(streams.setMintPolicy({ treasury: address }), error);
        await streams.setMintPolicy({ treasury: null });
      });

      it(`is refused as the treasury that fees go to: ${what}`, async () => {
        const streams = await startScenario(start, { feeBps: 100 });
        await CALLS.collect_fees?.prepare?.(streams);
        await assertRefused(streams.collectFees({ treasury: address }), "WrongTreasury");
        await streams.collectFees();
      });

      it(`is refused as the escrow of a policy: ${what}`, async () => {
        const streams = await startScenario(start, { feeBps: 100 });
        await CALLS.collect_fees?.prepare?.(streams);
        await setFrozen(streams.world, streams.treasury);
        await assertRefused(streams.collectFees({ escrow: address }), "WrongEscrow");
        // The right one, as long as nothing is there.
        const owner = sdk.policyAddress({ mint: streams.mint.address });
        const escrow = tokenAddress(streams.mint, owner);
        await assertRefused(streams.collectFees({ escrow }), "FeesUndeliverable");
        await streams.tokensOf(owner);
        await streams.collectFees({ escrow });
      });

      it(`is refused as the treasury that an escrow goes to: ${what}`, async () => {
        const streams = await startScenario(start, { feeBps: 100 });
        await CALLS.collect_escrow?.prepare?.(streams);
        await assertRefused(streams.collectEscrow({ treasury: address }), "WrongTreasury");
        await streams.collectEscrow();
      });

      it(`is refused as the account that a payee picks: ${what}`, async () => {
        const streams = await startScenario(start);
        await CALLS.claim?.prepare?.(streams);
        const accounts = { payee: address };
        await assertRefused(streams.claim({ accounts }), "AccountNotSigner");
        await streams.claim();
      });

      it(`is refused as the account that a member picks: ${what}`, async () => {
        const pools = await startPool(start);
        await pools.distribute();
        const accounts = { who: address };
        await assertRefused(pools.claimMember({ accounts }), "AccountNotSigner");
        await pools.claimMember();
      });

      it(`is refused as the token account of a spent book's payer: ${what}`, async () => {
        const streams = await startScenario(start);
        await streams.addLine();
        await streams.closeLine({ authority: KEYS.payee.publicKey });
        await streams.removeLine();
        await streams.refund({ amount: (await streams.state()).free });
        await streams.advance({ seconds: REAP_DELAY });
        await assertRefused(streams.reap({ destination: address }), error);
        await streams.reap({ destination: null });
      });
    }
  },
);

describeWorlds("streams / keys that an instruction's data names (D23)", (start) => {
  /** Everything of 32 bytes that a caller may write, and why no right comes with it. */
  const NAMED: Record<string, string> = {
    "initialize.authority": "appointed by the upgrade authority, who signs",
    "nominate_authority.nominee": "appointed by the authority, who signs; must accept",
    "open_book.voucher_signer": "appointed by the payer, who signs",
    "open_book.controller": "appointed by the payer, who signs",
    "add_line.payee": "appointed by the payer, who signs",
    "set_voucher_signer.signer": "appointed by the payer, who signs",
    "set_units.who": "appointed by the owner, who signs; a seed of the member's address",
    "settle.domain": "must be the book's; signed by its voucher signer",
  };
  const idl = readIdl("streams");
  const keysIn = (type: unknown): boolean => /"pubkey"|\["u8",32\]/.test(JSON.stringify(type));

  it("are these alone, and to be named gives no right to anything", () => {
    const found = idl.instructions.flatMap(({ name, args }) =>
      args.flatMap((arg) => {
        const { defined } = arg.type as { defined?: { name: string } };
        const struct = idl.types?.find((one) => one.name === defined?.name)?.type;
        const fields = struct?.kind === "struct" ? (struct.fields ?? []) : [];
        const all = [arg, ...(fields as (typeof arg)[])];
        return all.flatMap((field) => (keysIn(field.type) ? [`${name}.${field.name}`] : []));
      }),
    );
    assert.sameMembers(found, Object.keys(NAMED));
  });

  it("may be a member's, whose account must then be the one that is passed", async () => {
    const pools = await startPool(start);
    const member = sdk.memberAddress({ pool: pools.pool, who: stranger });
    await assertRefused(pools.setUnits({ accounts: { member } }), "ConstraintSeeds");
    await pools.setUnits();
  });

  it("may be the domain of a book's life, which must then be this book's", async () => {
    const streams = await startScenario(start);
    await streams.addLine();
    const { domain: _, ...settle } = await streams.voucher();
    const domain = Buffer.alloc(32, 1);
    const voucher = sdk.signVoucher({
      domain,
      book: streams.book,
      targets: settle.voucher.targets,
      signer: KEYS.payer,
    });
    await assertRefused(
      streams.send(streams.settleInstructions({ book: streams.book, domain, voucher })),
      "VoucherDomainMismatch",
    );
    await streams.settle();
  });
});

describeWorlds("streams / gifts of wrapped SOL (A31)", (start) => {
  it("raise a vault's balance and nothing in the book; the payer has them at the end", async () => {
    const streams = await startScenario(start, { stage: "initialized" });
    const { world } = streams;
    const mint = await placeNativeMint(streams);
    const source = await fundTokenAccount({ world, mint, owner: payer });
    await streams.setMintPolicy({ mint: NATIVE_MINT, treasury: null, feeBps: 0, burnBps: 0 });
    await wrap(streams, source, 1_000n);
    await streams.openBook({ mint: NATIVE_MINT });
    const book = sdk.bookAddress({ payer, mint: NATIVE_MINT, id: 0 });
    const vault = tokenAddress(mint, sdk.authorityAddress({ book }));
    const vaultOf = { book, mint: NATIVE_MINT };
    await streams.deposit({ ...vaultOf, source, amount: 1_000n });
    const before = await world.account(book);

    await wrap(streams, vault, 5_000n);
    assert.equal(await streams.balance(vault), 6_000n);
    assert.deepEqual(await world.account(book), before);
    await assertRefused(
      streams.refund({ ...vaultOf, destination: source, amount: 1_001n }),
      "ExceedsFree",
    );
    // Lamports in the book itself count for nothing either, but that they come back at its end.
    await world.fund(book, 77n);
    await streams.refund({ ...vaultOf, destination: source, amount: 1_000n });
    await streams.advance({ slots: 1n });
    const owned = await world.lamports(payer);
    const rent = await world.minimumBalance(sdk.BOOK_HEADER_LENGTH);
    const vaultRent = await world.minimumBalance(165);
    await streams.closeBook({ ...vaultOf, destination: source });
    assert.equal(await streams.balance(source), 6_000n);
    assert.equal(await world.lamports(payer), owned + rent + vaultRent + 77n);
  });
});
