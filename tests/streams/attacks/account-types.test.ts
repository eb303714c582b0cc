import { createHash } from "node:crypto";
import { fixedKeypair } from "@pinfi/localnet";
import * as sdk from "@pinfi/sdk/streams";
import type { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeWorlds, type StartWorld } from "../../harness/describe";
import { readIdl } from "../../harness/programs";
import { withAccounts } from "../../harness/with-accounts";
import { foreignCopy } from "../forge";
import { CALLS } from "../honest-calls";
import { KEYS } from "../keys";
import { type Scenario, startScenario } from "../scenario";

const payer = KEYS.payer.publicKey;
/** Where accounts are put that the program never made. */
const FORGED = fixedKeypair(90).publicKey;

/** Number of a book's layout, with which its discriminator ends. */
const LAYOUT = 2;

/** Each type where it is read and where it is written. */
const USES: [type: string, account: string, call: string][] = [
  ["Config", "config", "nominate_authority"],
  ["Config", "config", "set_mint_policy"],
  ["MintPolicy", "policy", "open_book"],
  ["MintPolicy", "policy", "open_pool"],
  ["MintPolicy", "policy", "collect_fees"],
  ["Book", "book", "refund"],
  ["Book", "book", "claim"],
  ["Book", "book", "close_book"],
  ["Pool", "pool", "close_pool"],
  ["Pool", "pool", "claim_member"],
  ["Member", "member", "claim_member"],
  ["Member", "member", "close_member"],
];

/** A call that would succeed, the account of it that is looked at, and a way to put another there. */
async function callWith(start: StartWorld, account: string, call: string) {
  const { prepare, instructions } = CALLS[call] ?? assert.fail(call);
  const streams = await startScenario(start, { feeBps: 100 });
  await prepare?.(streams);
  const [honest] = await instructions(streams);
  if (honest === undefined) throw new Error("nothing to call");
  const found = readIdl("streams").instructions.find(({ name }) => name === call);
  const at = found?.accounts.findIndex(({ name }) => name === account) ?? -1;
  return {
    streams,
    genuine: honest.keys[at]?.pubkey ?? assert.fail(account),
    honestly: () => streams.send([honest]),
    sendWith: (address: PublicKey) =>
      streams.send([withAccounts("streams", honest, { [account]: address })]),
  };
}

describeWorlds("streams / another program's account of the same name (A05)", (start) => {
  it("has the same discriminator, which is made of its name alone, and for a book of its layout", () => {
    for (const { name, discriminator } of readIdl("streams").accounts ?? []) {
      const hash = createHash("sha256").update(`account:${name}`).digest().subarray(0, 8);
      if (name === "Book") hash.writeUInt8(LAYOUT, 7);
      assert.deepEqual(Buffer.from(discriminator), hash);
    }
  });

  for (const [type, account, call] of USES) {
    it(`is refused as ${type} by ${call}`, async () => {
      const { streams, genuine, sendWith, honestly } = await callWith(start, account, call);
      const copy = await foreignCopy(streams, genuine);
      await assertRefused(sendWith(copy), "AccountOwnedByWrongProgram");
      await honestly();
    });
  }
});

describeWorlds(
  "streams / an account of the program that is not of the type (A04, A06)",
  (start) => {
    /** One account of each type, any of which the caller might have made. */
    const oneOfEach = async ({ send, mint, book }: Scenario): Promise<[string, PublicKey][]> => {
      const of = { owner: payer, mint: mint.address };
      const pool = sdk.poolAddress({ ...of, id: 7 });
      const who = KEYS.stranger.publicKey;
      await send([sdk.openPool({ ...of, id: 7 }), sdk.setUnits({ ...of, pool, who, units: 1n })]);
      return [
        ["Config", sdk.configAddress()],
        ["MintPolicy", sdk.policyAddress({ mint: mint.address })],
        ["Book", book],
        ["Pool", pool],
        ["Member", sdk.memberAddress({ pool, who })],
      ];
    };

    for (const [type, account, call] of USES) {
      it(`is refused as ${type} by ${call}: each other type, all zeros, no account`, async () => {
        const { streams, genuine, sendWith, honestly } = await callWith(start, account, call);
        for (const [other, address] of await oneOfEach(streams)) {
          if (other === type) continue;
          await assertRefused(sendWith(address), "AccountDiscriminatorMismatch");
        }
        const original = (await streams.world.account(genuine)) ?? assert.fail("not there");
        for (const [bytes, error] of [
          [original.data.length, "AccountDiscriminatorMismatch"],
          [7, "AccountDiscriminatorNotFound"],
          [0, "AccountDiscriminatorNotFound"],
        ] as const) {
          streams.world.setAccount(FORGED, { ...original, data: Buffer.alloc(bytes) });
          await assertRefused(sendWith(FORGED), error);
        }
        await honestly();
      });
    }
  },
);

describeWorlds("streams / a book that is cut short (A06)", (start) => {
  it("is refused if it is shorter than its header, by a byte or by all but its discriminator", async () => {
    const { streams, genuine, honestly } = await callWith(start, "book", "remove_line");
    const whole = (await streams.world.account(genuine)) ?? assert.fail("not there");
    const header = sdk.BOOK_HEADER_LENGTH;
    for (const length of [8, header - 96, header - 1]) {
      const cut = { ...whole, data: whole.data.subarray(0, length) };
      streams.world.setAccount(genuine, cut);
      await assertRefused(honestly(), "AccountDidNotDeserialize");
    }
    streams.world.setAccount(genuine, whole);
    await honestly();
  });
});
