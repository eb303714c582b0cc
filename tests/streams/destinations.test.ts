import * as sdk from "@pinfi/sdk/streams";
import {
  AuthorityType,
  createApproveInstruction,
  createRevokeInstruction,
  createSetAuthorityInstruction,
  TOKEN_2022_PROGRAM_ID,
} from "@solana/spl-token";
import { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { createLooseTokenAccount, fundTokenAccount, tokenAddress } from "../harness/tokens";
import { KEYS } from "./keys";
import { startPool } from "./pool-scenario";
import { GRACE, type Scenario, startScenario } from "./scenario";

const payee = KEYS.payee.publicKey;

/** An account of `owner` beside the associated one, from which a stranger may take tokens. */
async function delegatedAccount(
  { world, mint, send }: Scenario,
  owner = KEYS.payee,
): Promise<PublicKey> {
  const { publicKey } = owner;
  const keypair = KEYS.loose;
  const address = await createLooseTokenAccount({ world, mint, owner: publicKey, keypair });
  const stranger = KEYS.stranger.publicKey;
  await send([createApproveInstruction(address, stranger, publicKey, 1_000_000n)]);
  return address;
}

/** The token account at `from`, put at `to` as well. */
async function copyTo({ world }: Scenario, from: PublicKey, to: PublicKey): Promise<PublicKey> {
  const account = await world.account(from);
  if (account === null) throw new Error("nothing to copy");
  world.setAccount(to, account);
  return to;
}

const near = (key: PublicKey, at: number): PublicKey => {
  const bytes = key.toBytes();
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return new PublicKey(bytes);
};

describeWorlds("streams / which account of a payee's a claim goes to (W13a)", (start) => {
  let streams: Scenario;
  // 60 s at 5 per second: 300 earned of 1,000 deposited.
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine({ deposit: 1_000n, rate: 5n });
    await streams.advance({ seconds: 60n });
  });
  const honest = async () => {
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), 300n);
  };

  it("a stranger cannot pick another account of the payee's, as one with a delegate", async () => {
    const destination = await delegatedAccount(streams);
    await assertRefused(streams.claim({ accounts: { destination } }), "NotAssociated");
    await honest();
  });

  it("what is left on a released line goes to any clean account of a payee who gave the associated one away", async () => {
    const clean = await createLooseTokenAccount({
      world: streams.world,
      mint: streams.mint,
      owner: payee,
      keypair: KEYS.loose,
    });
    const { publicKey: stranger } = KEYS.stranger;
    const give = [streams.payeeTokens, payee, AuthorityType.AccountOwner, stranger] as const;
    await streams.send([createSetAuthorityInstruction(...give)]);
    await streams.closeLine();
    await streams.advance({ seconds: GRACE });

    // As long as the line lives, the payee alone picks.
    await assertRefused(streams.claim({ accounts: { destination: clean } }), "NotAssociated");
    await streams.removeLine();
    await streams.send([createApproveInstruction(clean, stranger, payee, 1n)]);
    await assertRefused(streams.claim({ accounts: { destination: clean } }), "NotAssociated");
    await streams.send([createRevokeInstruction(clean, payee)]);
    await streams.claim({ accounts: { destination: clean } });
    assert.equal(await streams.balance(clean), 300n);
    await streams.removeLine();
    assert.equal((await streams.state()).lineCount, 0);
  });

  it("a stranger's signature picks nothing", async () => {
    const destination = await delegatedAccount(streams);
    const signer = { pubkey: KEYS.stranger.publicKey, isSigner: true };
    const accounts = { destination, payee: signer };
    await assertRefused(streams.claim({ accounts }), "NotAssociated");
    await honest();
  });

  it("the payee's address without his signature picks nothing", async () => {
    const destination = await delegatedAccount(streams);
    const accounts = { destination, payee: { pubkey: payee, isSigner: false } };
    await assertRefused(streams.claim({ accounts }), "AccountNotSigner");
    await honest();
  });

  it("the payee signs and picks any account of his own, and no other", async () => {
    const destination = await delegatedAccount(streams);
    const { strangerTokens } = streams;
    await assertRefused(streams.claim({ destination: strangerTokens }), "NotPayeeAccount");
    await streams.claim({ destination });
    assert.equal(await streams.balance(destination), 300n);
    assert.equal(await streams.balance(streams.payeeTokens), 0n);
  });

  it("another bump is refused", async () => {
    const { book, mint } = streams;
    const claim = sdk.claim({ book, mint: mint.address, line: 0, payee });
    for (const off of [1, 255, 128]) {
      const data = Buffer.from(claim.data);
      data[10] = ((data[10] ?? 0) + off) & 0xff;
      await assertRefused(streams.send([{ ...claim, data }]), "NotAssociated");
    }
    await honest();
  });

  for (const at of [7, 15, 23, 31]) {
    it(`an account whose address differs from the associated one in byte ${at} is refused`, async () => {
      const destination = near(streams.payeeTokens, at);
      await copyTo(streams, streams.payeeTokens, destination);
      await assertRefused(streams.claim({ accounts: { destination } }), "NotAssociated");
      await honest();
    });
  }

  const derived: [of: string, address: (streams: Scenario) => PublicKey][] = [
    [
      "another token program",
      ({ mint }) => tokenAddress({ ...mint, tokenProgram: TOKEN_2022_PROGRAM_ID }, payee),
    ],
    [
      "another mint",
      ({ mint }) => tokenAddress({ ...mint, address: KEYS.otherMint.publicKey }, payee),
    ],
    ["another owner", ({ mint }) => tokenAddress(mint, KEYS.otherPayee.publicKey)],
  ];
  for (const [of, address] of derived) {
    it(`an account of the payee's at the associated address of ${of} is refused`, async () => {
      const destination = await copyTo(streams, streams.payeeTokens, address(streams));
      await assertRefused(streams.claim({ accounts: { destination } }), "NotAssociated");
      await honest();
    });
  }

  it("somebody else's associated account that he gave to the payee is refused", async () => {
    const { world, mint, send } = streams;
    const giver = KEYS.otherPayee.publicKey;
    const destination = await fundTokenAccount({ world, mint, owner: giver });
    const { AccountOwner } = AuthorityType;
    await send([createSetAuthorityInstruction(destination, giver, AccountOwner, payee)]);
    await assertRefused(streams.claim({ accounts: { destination } }), "NotAssociated");
    await honest();
  });

  it("a payee that is a program's address is paid like any other", async () => {
    const owner = sdk.configAddress();
    const { world, mint } = streams;
    const tokens = await fundTokenAccount({ world, mint, owner });
    await streams.addLine({ payee: owner, rate: 5n });
    await streams.advance({ seconds: 10n });
    await streams.claim({ line: 1, payee: owner });
    assert.equal(await streams.balance(tokens), 50n);
  });
});

describeWorlds("streams / which account of a member's a claim goes to (W13c)", (start) => {
  it("a stranger cannot pick it, the member can", async () => {
    const pools = await startPool(start);
    await pools.distribute({ amount: 1_000n });
    const destination = await delegatedAccount(pools.streams);
    await assertRefused(pools.claimMember({ accounts: { destination } }), "NotAssociated");
    const signer = { pubkey: KEYS.stranger.publicKey, isSigner: true };
    const accounts = { destination, who: signer };
    await assertRefused(pools.claimMember({ accounts }), "NotAssociated");
    const unsigned = { destination, who: { pubkey: payee, isSigner: false } };
    await assertRefused(pools.claimMember({ accounts: unsigned }), "AccountNotSigner");

    await pools.claimMember({ destination });
    assert.equal(await pools.streams.balance(destination), 750n);
    await pools.distribute({ amount: 1_000n });
    await pools.claimMember();
    assert.equal(await pools.streams.balance(pools.streams.payeeTokens), 750n);
  });
});
