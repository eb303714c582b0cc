import { fixedKeypair } from "@pinfi/localnet";
import * as sdk from "@pinfi/sdk/streams";
import { createMint, fundTokenAccount, setFrozen, tokenAddress } from "../harness/tokens";
import { authorityCalls } from "../kit/bench";
import type { HonestCall } from "../kit/call";
import { KEYS } from "./keys";
import { poolVerbs } from "./pool-scenario";
import { REAP_DELAY, type Scenario, type Stage } from "./scenario";

export interface Call extends HonestCall<Scenario> {
  stage?: Stage;
}

const payer = KEYS.payer.publicKey;
const payee = KEYS.payee.publicKey;
const otherPayee = KEYS.otherPayee.publicKey;
const nominee = KEYS.controller.publicKey;
const withLine = async (streams: Scenario): Promise<void> => {
  await streams.addLine({ deposit: 1_000n, rate: 5n });
  await streams.advance({ seconds: 60n });
};
const withPool = async (streams: Scenario): Promise<void> => {
  const { openPool, setUnits } = poolVerbs(streams);
  await openPool();
  await setUnits();
};
const withShares = async (streams: Scenario): Promise<void> => {
  await withPool(streams);
  await poolVerbs(streams).distribute({ amount: 100n });
};
const STRAY_MINT = fixedKeypair(96);
/** A mint that a pool is not of, and the owner's account of it. */
const strayMint = ({ mint: own }: Scenario) => {
  const mint = { ...own, address: STRAY_MINT.publicKey };
  return { mint, destination: tokenAddress(mint, payer) };
};
/** A fee that the treasury could not receive, and then can again. */
const feesInEscrow = async (streams: Scenario): Promise<void> => {
  const { world, treasury, tokensOf } = streams;
  const escrow = await tokensOf(sdk.policyAddress({ mint: streams.mint.address }));
  await withLine(streams);
  await streams.claim();
  await setFrozen(world, treasury);
  await streams.collectFees({ escrow });
  await setFrozen(world, treasury, false);
};

/** What each needs before it, and what it does other than the verb of its name by default. */
export const CALLS: Record<string, Call> = {
  ...authorityCalls(nominee),
  set_mint_policy: {
    instructions: ({ setMintPolicy }) => [setMintPolicy.instruction()],
  },
  open_book: {
    instructions: ({ openBook }) => [openBook.instruction({ id: 2 })],
  },
  deposit: {
    instructions: ({ deposit }) => [deposit.instruction({ amount: 100n })],
  },
  refund: {
    instructions: ({ refund }) => [refund.instruction({ amount: 100n })],
  },
  reserve_lines: {
    instructions: ({ reserveLines }) => [reserveLines.instruction()],
  },
  add_line: {
    instructions: ({ book }) => [
      sdk.addLine({
        payer,
        book,
        line: 0,
        payee,
        deposit: 100n,
        rate: 0n,
        controlled: false,
      }),
    ],
  },
  fund_line: {
    prepare: withLine,
    instructions: ({ fundLine }) => [fundLine.instruction({ amount: 100n })],
  },
  set_rate: {
    prepare: withLine,
    instructions: ({ setRate }) => [setRate.instruction({ rate: 1n })],
  },
  set_voucher_signer: {
    instructions: ({ setVoucherSigner }) => [setVoucherSigner.instruction()],
  },
  settle: {
    prepare: withLine,
    instructions: async (streams) => streams.settleInstructions(await streams.voucher()),
  },
  claim: {
    prepare: withLine,
    instructions: ({ claim }) => [claim.instruction()],
  },
  close_line: {
    prepare: withLine,
    instructions: ({ closeLine }) => [closeLine.instruction()],
  },
  remove_line: {
    prepare: async (streams) => {
      await withLine(streams);
      await streams.closeLine({ authority: payee });
    },
    instructions: ({ removeLine }) => [removeLine.instruction()],
  },
  collect_fees: {
    prepare: async (streams) => {
      await withLine(streams);
      await streams.claim();
    },
    instructions: ({ collectFees }) => [collectFees.instruction()],
  },
  collect_escrow: {
    prepare: feesInEscrow,
    instructions: ({ collectEscrow }) => [collectEscrow.instruction()],
  },
  close_book: {
    prepare: (streams) => streams.advance({ slots: 1n }),
    instructions: ({ closeBook }) => [closeBook.instruction()],
  },
  settle_many: {
    prepare: withLine,
    instructions: async (streams) => [
      sdk.settleMany({ vouchers: [(await streams.voucher()).voucher] }),
    ],
  },
  claim_many: {
    prepare: async (streams) => {
      await streams.tokensOf(otherPayee);
      await streams.addLine({ rate: 5n });
      await streams.addLine({ rate: 3n, payee: otherPayee });
      await streams.advance({ seconds: 60n });
    },
    instructions: ({ claimMany }) => [
      claimMany.instruction({
        claims: [
          { line: 0, payee },
          { line: 1, payee: otherPayee },
        ],
      }),
    ],
  },
  reap: {
    prepare: async (streams) => {
      await withLine(streams);
      await streams.closeLine({ authority: payee });
      await streams.claim();
      await streams.removeLine();
      await streams.collectFees();
      await streams.refund({ amount: (await streams.state()).free });
      await streams.advance({ seconds: REAP_DELAY });
    },
    instructions: ({ reap, payerTokens: destination }) => [reap.instruction({ destination })],
  },
  open_pool: {
    instructions: (streams) => [poolVerbs(streams).openPool.instruction({ id: 2 })],
  },
  set_units: {
    prepare: withPool,
    instructions: (streams) => [poolVerbs(streams).setUnits.instruction({ units: 5n })],
  },
  distribute: {
    prepare: withPool,
    instructions: (streams) => [poolVerbs(streams).distribute.instruction({ amount: 100n })],
  },
  claim_member: {
    prepare: withShares,
    instructions: (streams) => [poolVerbs(streams).claimMember.instruction()],
  },
  close_member: {
    prepare: async (streams) => {
      await withPool(streams);
      await poolVerbs(streams).setUnits({ units: 0n });
    },
    instructions: (streams) => [poolVerbs(streams).closeMember.instruction()],
  },
  recover_tokens: {
    prepare: async (streams) => {
      await withPool(streams);
      const { mint } = strayMint(streams);
      const { world } = streams;
      await createMint({ world, keypair: STRAY_MINT, authority: KEYS.mintAuthority });
      await fundTokenAccount({ world, mint, owner: poolVerbs(streams).pool, amount: 9n });
      await fundTokenAccount({ world, mint, owner: payer });
    },
    instructions: (streams) => {
      const { mint, destination } = strayMint(streams);
      const { recoverTokens } = poolVerbs(streams);
      return [recoverTokens.instruction({ mint: mint.address, destination })];
    },
  },
  close_pool: {
    prepare: (streams) => poolVerbs(streams).openPool(),
    instructions: (streams) => [poolVerbs(streams).closePool.instruction()],
  },
};
