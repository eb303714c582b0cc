import { fixedKeypair } from "@pinfi/localnet";
import * as sdk from "@pinfi/sdk/streams";
import { createMint, fundTokenAccount, setFrozen, tokenAddress } from "../harness/tokens";
import type { HonestCall } from "../kit/call";
import { KEYS } from "./keys";
import { GRACE, REAP_DELAY, type Scenario, type Stage } from "./scenario";

export interface Call extends HonestCall<Scenario> {
  stage?: Stage;
}

const payer = KEYS.payer.publicKey;
const withLine = async (streams: Scenario): Promise<void> => {
  await streams.addLine({ deposit: 1_000n, rate: 5n });
  await streams.advance({ seconds: 60n });
};
const payee = KEYS.payee.publicKey;
const otherPayee = KEYS.otherPayee.publicKey;
const poolOf = ({ mint }: Scenario) => ({
  pool: sdk.poolAddress({ owner: payer, mint: mint.address, id: 0 }),
  mint: mint.address,
});
const withPool = async (streams: Scenario): Promise<void> => {
  const of = poolOf(streams);
  await streams.send([sdk.openPool({ owner: payer, mint: of.mint, id: 0 })]);
  await streams.send([sdk.setUnits({ ...of, owner: payer, who: payee, units: 3n })]);
};
const withShares = async (streams: Scenario): Promise<void> => {
  await withPool(streams);
  const source = streams.payerTokens;
  const shared = sdk.distribute({ ...poolOf(streams), funder: payer, source, amount: 100n });
  await streams.send([shared]);
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
const vaultOf = ({ book, mint }: Scenario) => ({ book, mint: mint.address });

export const CALLS: Record<string, Call> = {
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
    instructions: (streams) => [sdk.claim({ ...vaultOf(streams), line: 0, payee })],
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
  collect_escrow: {
    prepare: feesInEscrow,
    instructions: ({ mint, treasury }) => [sdk.collectEscrow({ mint: mint.address, treasury })],
  },
  close_book: {
    prepare: (streams) => streams.advance({ slots: 1n }),
    instructions: (streams) => [
      sdk.closeBook({ ...vaultOf(streams), payer, destination: streams.payerTokens }),
    ],
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
    instructions: (streams) => [
      sdk.claimMany({
        ...vaultOf(streams),
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
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      await streams.claim();
      await streams.removeLine();
      await streams.collectFees();
      await streams.refund({ amount: (await streams.state()).free });
      await streams.advance({ seconds: REAP_DELAY });
    },
    instructions: (streams) => [
      sdk.reap({ ...vaultOf(streams), payer, destination: streams.payerTokens }),
    ],
  },
  open_pool: {
    instructions: ({ mint }) => [sdk.openPool({ owner: payer, mint: mint.address, id: 2 })],
  },
  set_units: {
    prepare: withPool,
    instructions: (streams) => [
      sdk.setUnits({ ...poolOf(streams), owner: payer, who: payee, units: 5n }),
    ],
  },
  distribute: {
    prepare: withPool,
    instructions: (streams) => [
      sdk.distribute({
        ...poolOf(streams),
        funder: payer,
        source: streams.payerTokens,
        amount: 100n,
      }),
    ],
  },
  claim_member: {
    prepare: withShares,
    instructions: (streams) => [sdk.claimMember({ ...poolOf(streams), who: payee })],
  },
  close_member: {
    prepare: async (streams) => {
      await withPool(streams);
      await streams.send([
        sdk.setUnits({ ...poolOf(streams), owner: payer, who: payee, units: 0n }),
      ]);
    },
    instructions: (streams) => [
      sdk.closeMember({ owner: payer, pool: poolOf(streams).pool, who: payee }),
    ],
  },
  recover_tokens: {
    prepare: async (streams) => {
      await withPool(streams);
      const { mint } = strayMint(streams);
      const { world } = streams;
      await createMint({ world, keypair: STRAY_MINT, authority: KEYS.mintAuthority });
      await fundTokenAccount({ world, mint, owner: poolOf(streams).pool, amount: 9n });
      await fundTokenAccount({ world, mint, owner: payer });
    },
    instructions: (streams) => {
      const { mint, destination } = strayMint(streams);
      const of = { ...poolOf(streams), mint: mint.address };
      return [sdk.recoverTokens({ ...of, owner: payer, destination })];
    },
  },
  close_pool: {
    prepare: (streams) =>
      streams.send([sdk.openPool({ owner: payer, mint: streams.mint.address, id: 0 })]),
    instructions: (streams) => [
      sdk.closePool({ ...poolOf(streams), owner: payer, destination: streams.payerTokens }),
    ],
  },
};
