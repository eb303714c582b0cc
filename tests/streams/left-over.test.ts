import * as sdk from "@pinfi/sdk/streams";
import {
  AuthorityType,
  createApproveInstruction,
  createSetAuthorityInstruction,
} from "@solana/spl-token";
import { type PublicKey, SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { createLooseTokenAccount } from "../harness/tokens";
import { KEYS } from "./keys";
import { startPool } from "./pool-scenario";
import { GRACE, type Scenario, startScenario } from "./scenario";

const payee = KEYS.payee.publicKey;
const stranger = KEYS.stranger.publicKey;

/** Who might have a hand on an account that is not the associated one. */
const HANDS: [what: string, give: ((streams: Scenario) => Promise<unknown>) | null][] = [
  ["clean", null],
  [
    "with a delegate",
    ({ send }) => send([createApproveInstruction(KEYS.loose.publicKey, stranger, payee, 1n)]),
  ],
  [
    "with a close authority",
    ({ send }) =>
      send([
        createSetAuthorityInstruction(
          KEYS.loose.publicKey,
          payee,
          AuthorityType.CloseAccount,
          stranger,
        ),
      ]),
  ],
];
/** What is not the payee's, however clean. */
const OTHERS: [what: string, make: (streams: Scenario) => Promise<PublicKey>][] = [
  ["somebody else's", async ({ strangerTokens }) => strangerTokens],
  [
    "the associated one, which the payee gave away",
    async ({ send, payeeTokens }) => {
      const { AccountOwner } = AuthorityType;
      await send([createSetAuthorityInstruction(payeeTokens, payee, AccountOwner, stranger)]);
      return payeeTokens;
    },
  ],
];
const LINES = ["open", "closing", "closed", "released"] as const;
const PATHS = ["claim", "claim past the hot path", "claim_many"] as const;

// 60 s at 5 per second: 300 earned of 1,000 deposited, on two lines.
describeWorlds(
  "streams / where unsigned claims go, in every way to claim (W13a, W13b)",
  (start) => {
    const begin = async (line: (typeof LINES)[number]) => {
      const streams = await startScenario(start);
      for (const index of [0, 1]) await streams.addLine({ line: index, deposit: 1_000n, rate: 5n });
      await streams.advance({ seconds: 60n });
      if (line !== "open") await streams.closeLine();
      if (line === "closed" || line === "released") await streams.advance({ seconds: GRACE });
      if (line === "released") await streams.removeLine();
      const { world, mint } = streams;
      const loose = { world, mint, owner: payee, keypair: KEYS.loose };
      return { streams, loose: await createLooseTokenAccount(loose) };
    };

    /** Claims line 0 into `destination` by one of the ways; the second of claim_many is honest. */
    const claimInto = (streams: Scenario, path: (typeof PATHS)[number], destination: PublicKey) => {
      const { book, mint } = streams;
      const of = { book, mint: mint.address };
      if (path === "claim_many") {
        const named = [0, 1].map((index) => ({ line: index, payee }));
        const claim = sdk.claimMany({ ...of, claims: named });
        Object.assign(claim.keys[claim.keys.length - 2] ?? {}, { pubkey: destination });
        return streams.send([claim]);
      }
      const claim = sdk.claim({ ...of, line: 0, payee });
      const keys = claim.keys.map((meta) =>
        meta.pubkey.equals(streams.payeeTokens) ? { ...meta, pubkey: destination } : meta,
      );
      const extra = { pubkey: SystemProgram.programId, isSigner: false, isWritable: false };
      if (path !== "claim") keys.push(extra);
      return streams.send([{ ...claim, keys }]);
    };

    for (const [what, make] of OTHERS) {
      it(`a released line, an account that is ${what}: not paid by any`, async () => {
        for (const path of PATHS) {
          const { streams } = await begin("released");
          const destination = await make(streams);
          const sent = claimInto(streams, path, destination);
          if (path === "claim_many") {
            const away = destination.equals(streams.payeeTokens);
            assert.equal((await sent).events[0]?.data.skipped, away ? 0b11 : 0b01);
          } else await assertRefused(sent, "NotPayeeAccount");
          assert.equal((await streams.line(0)).claimed, 0n, path);
        }
      });
    }

    it("a released line of a program's address: to its associated account alone, by each of them", async () => {
      for (const path of PATHS) {
        const streams = await startScenario(start);
        const { world, mint, book } = streams;
        const pool = sdk.poolAddress({ owner: payee, mint: mint.address, id: 0 });
        for (const index of [0, 1]) {
          const to = index === 0 ? pool : payee;
          await streams.addLine({ line: index, deposit: 300n, rate: 300n, payee: to });
        }
        await streams.advance({ seconds: 1n });
        await streams.closeLine();
        await streams.advance({ seconds: GRACE });
        await streams.removeLine();
        const request = { world, mint, owner: pool, keypair: KEYS.loose };
        const loose = await createLooseTokenAccount(request);
        const associated = await streams.tokensOf(pool);
        const claims = [0, 1].map((line) => ({ line, payee: line === 0 ? pool : payee }));
        const of = { book, mint: mint.address };
        const claim =
          path === "claim_many"
            ? sdk.claimMany({ ...of, claims })
            : sdk.claim({ ...of, line: 0, payee: pool });
        const keys = claim.keys.map((meta) =>
          meta.pubkey.equals(associated) ? { ...meta, pubkey: loose } : meta,
        );
        const extra = { pubkey: SystemProgram.programId, isSigner: false, isWritable: false };
        if (path === "claim past the hot path") keys.push(extra);
        const sent = streams.send([{ ...claim, keys }]);
        if (path === "claim_many") assert.equal((await sent).events[0]?.data.skipped, 0b01);
        else await assertRefused(sent, "NotAssociated");
        assert.equal(await streams.balance(loose), 0n, path);
        await streams.send([claim]);
        assert.equal(await streams.balance(associated), 300n, path);
      }
    });

    for (const line of LINES) {
      for (const [what, give] of HANDS) {
        const pays = line === "released" && what === "clean";
        it(`a line that is ${line}, an account ${what}: ${pays ? "paid by each" : "not paid by any"}`, async () => {
          for (const path of PATHS) {
            const { streams, loose } = await begin(line);
            await give?.(streams);
            const sent = claimInto(streams, path, loose);
            if (path === "claim_many") {
              assert.equal((await sent).events[0]?.data.skipped, pays ? 0 : 0b01, path);
            } else if (pays) await sent;
            else await assertRefused(sent, "NotAssociated");
            assert.equal(await streams.balance(loose), pays ? 300n : 0n, path);
            assert.equal((await streams.line(0)).claimed, pays ? 300n : 0n, path);
            // The associated account is paid by each, whatever the line.
            if (!pays) await streams.claim();
            assert.equal((await streams.line(0)).claimed, 300n, path);
          }
        });
      }
    }
  },
);

// Of 1,000 shared the member with 3 units of 4 has 750.
describeWorlds("streams / where a member's unsigned claim goes (W13c, W22)", (start) => {
  const begin = async (units: bigint, member: PublicKey) => {
    const pools = await startPool(start, "open");
    const { streams, setUnits, distribute } = pools;
    await setUnits({ who: member, units: 3n });
    await setUnits({ who: stranger, units: 1n });
    await distribute();
    await setUnits({ who: member, units });
    const { world, mint } = streams;
    const loose = await createLooseTokenAccount({
      world,
      mint,
      owner: member,
      keypair: KEYS.loose,
    });
    return { pools, streams, loose };
  };

  for (const units of [0n, 3n]) {
    for (const [what, give] of HANDS) {
      const pays = units === 0n && what === "clean";
      it(`a member of ${units} units, an account ${what}: ${pays ? "paid" : "not paid"}`, async () => {
        const { pools, streams, loose } = await begin(units, payee);
        await give?.(streams);
        const sent = pools.claimMember({ accounts: { destination: loose } });
        if (pays) await sent;
        else await assertRefused(sent, "NotAssociated");
        assert.equal(await streams.balance(loose), pays ? 750n : 0n);
        // The associated account is paid all the same, whatever the units.
        if (!pays) await pools.claimMember();
        assert.equal((await pools.member()).claimed, 750n);
      });
    }
  }

  it("a program's address without units: to its associated account alone", async () => {
    const member = sdk.configAddress();
    const { pools, streams, loose } = await begin(0n, member);
    const destination = loose;
    await assertRefused(
      pools.claimMember({ who: member, accounts: { destination } }),
      "NotAssociated",
    );
    const associated = await streams.tokensOf(member);
    await pools.claimMember({ who: member });
    assert.equal((await pools.member(member)).claimed, 750n);
    assert.equal(await streams.balance(associated), 750n);
  });
});
