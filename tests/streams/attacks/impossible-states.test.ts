import * as sdk from "@pinfi/sdk/streams";
import { TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import type { AccountInfo, PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { createLooseTokenAccount } from "../../harness/tokens";
import { altered, flip } from "../../kit/bits";
import type { Odd } from "../../kit/verb";
import { KEYS } from "../keys";
import { startPool } from "../pool-scenario";
import { REAP_DELAY, type Scenario, startScenario } from "../scenario";
import { present } from "./vouchers";

// States that no call of the program leaves behind, put there by hand: the checks against them are a
// second line of defence, and each must hold by itself.

const HEADER = { payer: 8, nextLine: 8 + 292 } as const;
/** In a line. */
const LINE = { payee: 0, deposit: 32, accrued: 56 } as const;

describeSigned("streams / states that no call leaves (W22a)", (start) => {
  /** Changes the account, expects the refusal, puts it back. */
  const refusedWith = async (args: {
    streams: Scenario;
    address: PublicKey;
    change: (account: AccountInfo<Buffer>) => void;
    attempt: () => Promise<unknown>;
    error: string;
  }) => {
    const { streams, address, change, attempt, error } = args;
    const account = await present(streams, address);
    const changed = { ...account, data: Buffer.from(account.data) };
    change(changed);
    streams.world.setAccount(address, changed);
    await assertRefused(attempt(), error);
    streams.world.setAccount(address, account);
  };

  for (const kind of ["dense", "sparse"] as const) {
    it(`a book that says it has more lines than room: settle, ${kind} (A40)`, async () => {
      const streams = await startScenario(start);
      await streams.addLine();
      const targets: sdk.Targets =
        kind === "dense"
          ? { kind, start: 0, cumulative: [300n, 300n] }
          : { kind, entries: [{ line: 1, cumulative: 300n }] };
      const sent = streams.settleInstructions(await streams.voucher({ targets }));
      await refusedWith({
        streams,
        address: streams.book,
        change: ({ data }) => data.writeUInt16LE(3, HEADER.nextLine),
        attempt: () => streams.send(sent),
        error: "LineOutOfRange",
      });
      await streams.addLine();
      await streams.send(sent);
    });
  }

  it("a book that says it has more lines than room: claim (A40)", async () => {
    const streams = await startScenario(start);
    await streams.addLine({ rate: 5n });
    await streams.advance({ seconds: 60n });
    await refusedWith({
      streams,
      address: streams.book,
      change: ({ data }) => data.writeUInt16LE(3, HEADER.nextLine),
      attempt: () => streams.claim({ line: 1 }),
      error: "LineOutOfRange",
    });
    await streams.claim();
  });

  it("a book so long that a claim cut short would name a line by bytes that follow it (A35)", async () => {
    const streams = await startScenario(start);
    await streams.addLine({ rate: 5n });
    await streams.advance({ seconds: 60n });
    const { book, mint } = streams;
    const payee = KEYS.payee.publicKey;
    const honest = sdk.claim({ book, mint: mint.address, line: 0, payee });
    // Behind the data of an instruction, the program's id follows.
    const id = sdk.STREAMS_PROGRAM_ID.toBuffer();
    for (const [length, line] of [
      [9, id.readUInt8(0) << 8],
      [8, id.readUInt16LE(0)],
    ] as const) {
      const cut = altered(honest, (data) => data.subarray(0, length));
      await refusedWith({
        streams,
        address: book,
        change: (account) => {
          const long = Buffer.alloc(sdk.BOOK_HEADER_LENGTH + sdk.LINE_LENGTH * (line + 1));
          account.data.copy(long);
          long.writeUInt16LE(line + 1, HEADER.nextLine);
          const at = sdk.BOOK_HEADER_LENGTH + sdk.LINE_LENGTH * line;
          long.set(KEYS.payee.publicKey.toBytes(), at + LINE.payee);
          long.writeBigUInt64LE(1_000n, at + LINE.deposit);
          long.writeBigUInt64LE(300n, at + LINE.accrued);
          account.data = long;
        },
        attempt: () => streams.send([cut]),
        error: "InstructionDidNotDeserialize",
      });
    }
    await streams.send([honest]);
  });

  it("a book that is its own payer: reap would pay rent into what it closes (A15)", async () => {
    const streams = await startScenario(start);
    await streams.addLine();
    await streams.closeLine({ authority: KEYS.payee.publicKey });
    await streams.removeLine();
    await streams.refund({ amount: (await streams.state()).free });
    await streams.advance({ seconds: REAP_DELAY });
    await refusedWith({
      streams,
      address: streams.book,
      change: ({ data }) => data.set(streams.book.toBytes(), HEADER.payer),
      attempt: () => streams.reap({ payer: streams.book }),
      error: "ConstraintClose",
    });
    await streams.reap();
  });

  it("a pool whose owner is a member's account: the rent would go into what closes (A15)", async () => {
    const { streams, pool, setUnits, closeMember } = await startPool(start);
    await setUnits({ units: 0n });
    const member = sdk.memberAddress({ pool, who: KEYS.payee.publicKey });
    await refusedWith({
      streams,
      address: pool,
      change: ({ data }) => data.set(member.toBytes(), 8),
      attempt: () => closeMember({ owner: member }),
      error: "ConstraintClose",
    });
    await closeMember();
  });

  const reused: [
    what: string,
    change: Parameters<typeof refusedWith>[0]["change"],
    error: string,
  ][] = [
    [
      "longer than its type",
      (account) => {
        account.data = Buffer.concat([account.data, Buffer.alloc(1)]);
      },
      "ConstraintSpace",
    ],
    [
      "one lamport below its rent",
      (account) => {
        account.lamports -= 1;
      },
      "ConstraintRentExempt",
    ],
  ];
  for (const [what, change, error] of reused) {
    it(`a member's account ${what} (A13, A32)`, async () => {
      const { streams, pool, setUnits } = await startPool(start);
      const member = sdk.memberAddress({ pool, who: KEYS.payee.publicKey });
      await refusedWith({
        streams,
        address: member,
        change: change,
        attempt: () => setUnits(),
        error: error,
      });
      await setUnits();
    });

    it(`a mint's policy ${what} (A13, A32)`, async () => {
      const streams = await startScenario(start);
      const policy = sdk.policyAddress({ mint: streams.mint.address });
      await refusedWith({
        streams,
        address: policy,
        change: change,
        attempt: () => streams.setMintPolicy(),
        error: error,
      });
      await streams.setMintPolicy();
      assert.isNotNull(await streams.world.account(policy));
    });
  }

  // A vault that somebody made before its time is looked at as if it were new.
  const early: [
    what: string,
    change: Parameters<typeof refusedWith>[0]["change"],
    error: string,
  ][] = [
    ["of another mint", ({ data }) => flip(data, 31), "ConstraintTokenMint"],
    ["of another owner", ({ data }) => flip(data, 32 + 31), "ConstraintTokenOwner"],
    [
      "of the other token program",
      (account) => {
        account.owner = TOKEN_2022_PROGRAM_ID;
      },
      "ConstraintAssociatedTokenTokenProgram",
    ],
    [
      "one lamport below its rent",
      (account) => {
        account.lamports -= 1;
      },
      "ConstraintRentExempt",
    ],
  ];
  for (const [what, change, error] of early) {
    it(`an early vault ${what} (A24, A26)`, async () => {
      const streams = await startScenario(start, { stage: "policy" });
      await streams.tokensOf(streams.vaultOwner);
      await refusedWith({
        streams,
        address: streams.vault,
        change: change,
        attempt: () => streams.openBook(),
        error: error,
      });
      await streams.openBook();
      const pools = await startPool(start, "policy");
      await pools.streams.tokensOf(pools.pool);
      await refusedWith({
        streams: pools.streams,
        address: pools.vault,
        change: change,
        attempt: () => pools.openPool(),
        error: error,
      });
      await pools.openPool();
    });
  }

  it("an early vault passed read-only, and one beside its address (A24, A34)", async () => {
    const refuses = async (
      { world, mint, tokensOf }: Scenario,
      owner: PublicKey,
      open: (odd: Odd) => Promise<unknown>,
    ) => {
      await tokensOf(owner);
      const beside = await createLooseTokenAccount({ world, mint, owner, keypair: KEYS.loose });
      await assertRefused(
        open({ accounts: { vault: beside } }),
        "AccountNotAssociatedTokenAccount",
      );
      await assertRefused(open({ accounts: { vault: { isWritable: false } } }), "ConstraintMut");
      await open({});
    };
    const streams = await startScenario(start, { stage: "policy" });
    await refuses(streams, streams.vaultOwner, streams.openBook);
    const pools = await startPool(start, "policy");
    await refuses(pools.streams, pools.pool, pools.openPool);
  });
});
