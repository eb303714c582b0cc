import type { Step } from "@pinfi/localnet";
import * as sdk from "@pinfi/sdk/streams";
import {
  type Keypair,
  type PublicKey,
  SystemProgram,
  type TransactionInstruction,
} from "@solana/web3.js";
import type { StartWorld } from "../harness/describe";
import { eventsIn } from "../harness/events";
import { setUpOnce } from "../harness/set-up";
import {
  createMint,
  fundTokenAccount,
  type MintOptions,
  type TestMint,
  tokenAccountInstructions,
  tokenAddress,
  tokenBalance,
} from "../harness/tokens";
import { withAccounts } from "../harness/with-accounts";
import type { World } from "../harness/world";
import { reachStage } from "../kit/bench";
import { type Done, type Odd, verbsWith } from "../kit/verb";
import { KEYRING, KEYS } from "./keys";

/** Base units the payer owns before anything is deposited. */
export const PAYER_TOKENS = 1_000_000n;
/** Base units in the book when a test begins, all of them free. */
export const DEPOSIT = 100_000n;
/** Seconds a line that the payer closes goes on; the least the program allows. */
export const GRACE = 900n;
/** Seconds for which a book that has become empty is left to its payer. */
export const REAP_DELAY = 86_400n;
const SOL = 1_000_000_000n;

/** How far the scenario is set up before the test begins. */
export type Stage = "deployed" | "initialized" | "policy" | "book" | "funded";

export interface ScenarioOptions {
  stage?: Stage;
  /** Fee on claims; default none, so that claims are round. */
  feeBps?: number;
  /** Burned part of the fee; default half. */
  burnBps?: number;
  minDeposit?: bigint;
  voucherSigner?: Keypair;
  controller?: PublicKey;
  /** Default: a mint of the first token program with 6 decimals, which nobody can freeze. */
  mint?: MintOptions;
  /** Token-2022 extensions that the policy allows; default none. */
  allowedExtensions?: bigint;
}

type Given<F> = F extends (args: infer A) => unknown ? Partial<A> & Odd : never;

/** The streams program with one payer, one mint and one book; its verbs succeed by default. */
export type Scenario = Awaited<ReturnType<typeof startScenario>>;

/** Starts a world and brings it to `stage` (default: a book with free tokens and no line). */
export async function startScenario(start: StartWorld, options: ScenarioOptions = {}) {
  const { stage = "funded", feeBps = 0, burnBps = 5_000, minDeposit = 10n } = options;
  const world: World = await start(["streams"]);
  /** All that a set-up depends on. */
  const terms = { program: "streams", ...options };
  const owners: [PublicKey, bigint][] = [
    [KEYS.payer.publicKey, PAYER_TOKENS],
    [KEYS.stranger.publicKey, PAYER_TOKENS],
    [KEYS.payee.publicKey, 0n],
    [KEYS.treasurer.publicKey, 0n],
  ];
  const mint: TestMint = await setUpOnce({
    world,
    what: { ...terms, stage: "people" },
    async setUp() {
      await world.send(
        [KEYS.payer, KEYS.payee, KEYS.stranger].map(({ publicKey }) =>
          SystemProgram.transfer({
            fromPubkey: world.payer.publicKey,
            toPubkey: publicKey,
            lamports: 10n * SOL,
          }),
        ),
      );
      const made = await createMint({
        world,
        keypair: KEYS.mint,
        authority: KEYS.mintAuthority,
        ...options.mint,
      });
      await world.send(
        owners.flatMap(([owner, amount]) =>
          tokenAccountInstructions({ world, mint: made, owner, amount }),
        ),
        { signers: [made.authority] },
      );
      return made;
    },
  });
  const [payerTokens, strangerTokens, payeeTokens, treasury] = owners.map(([owner]) =>
    tokenAddress(mint, owner),
  ) as [PublicKey, PublicKey, PublicKey, PublicKey];

  const payer = KEYS.payer.publicKey;
  const { tokenProgram } = mint;
  const book = sdk.bookAddress({ payer, mint: mint.address, id: 0 });
  const vaultOwner = sdk.authorityAddress({ book });
  const vault = tokenAddress(mint, vaultOwner);
  const vaultOf = { book, mint: mint.address, tokenProgram };

  /** Sends what is given, signed by whoever of the cast must sign. */
  const send = async (
    instructions: readonly TransactionInstruction[],
    odd: Odd = {},
  ): Promise<Done> => {
    const sent = instructions.map((one) =>
      odd.accounts === undefined ? one : withAccounts("streams", one, odd.accounts),
    );
    const outcome = await world.send(sent, {
      signers: [...KEYRING, world.upgradeAuthority],
    });
    return { ...outcome, events: eventsIn(outcome.logs, "streams") };
  };
  const verb = verbsWith(send);

  const scenario = {
    world,
    mint,
    book,
    vault,
    vaultOwner,
    payerTokens,
    payeeTokens,
    strangerTokens,
    treasury,
    send,
    tokensOf: (owner: PublicKey, amount = 0n) => fundTokenAccount({ world, mint, owner, amount }),

    initialize: verb(sdk.initialize, () => ({
      payer: KEYS.payer.publicKey,
      upgradeAuthority: world.upgradeAuthority.publicKey,
      authority: KEYS.authority.publicKey,
    })),
    nominateAuthority: verb(sdk.nominateAuthority, () => ({
      authority: KEYS.authority.publicKey,
      nominee: KEYS.stranger.publicKey,
    })),
    acceptAuthority: verb(sdk.acceptAuthority, () => ({ nominee: KEYS.stranger.publicKey })),
    setMintPolicy: verb(sdk.setMintPolicy, () => ({
      authority: KEYS.authority.publicKey,
      payer,
      mint: mint.address,
      treasury,
      minDeposit,
      allowedExtensions: options.allowedExtensions ?? 0n,
      feeBps,
      burnBps,
      enabled: true,
    })),
    openBook: verb(sdk.openBook, () => ({
      payer,
      mint: mint.address,
      tokenProgram,
      id: 0,
      graceSeconds: Number(GRACE),
      voucherSigner: options.voucherSigner?.publicKey ?? null,
      controller: options.controller ?? null,
    })),
    deposit: verb(sdk.deposit, () => ({
      ...vaultOf,
      funder: payer,
      source: payerTokens,
      amount: DEPOSIT,
    })),
    refund: verb(sdk.refund, () => ({
      ...vaultOf,
      payer,
      destination: payerTokens,
      amount: 1_000n,
    })),
    reserveLines: verb(sdk.reserveLines, () => ({ payer, book, count: 2 })),
    /** Appends a line of 1,000 base units without a rate. */
    async addLine({ accounts, ...given }: Given<typeof sdk.addLine> = {}): Promise<Done> {
      const defaults = {
        payer,
        book,
        line: given.line ?? (await scenario.state()).nextLine,
        payee: KEYS.payee.publicKey,
        deposit: 1_000n,
        rate: 0n,
        controlled: false,
      };
      return send(
        [sdk.addLine({ ...defaults, ...given })],
        accounts === undefined ? {} : { accounts },
      );
    },
    fundLine: verb(sdk.fundLine, () => ({ payer, book, line: 0, amount: 500n })),
    setRate: verb(sdk.setRate, () => ({ authority: payer, book, line: 0, rate: 5n })),
    setVoucherSigner: verb(sdk.setVoucherSigner, () => ({
      payer,
      book,
      signer: KEYS.voucherSigner.publicKey,
      expiresAt: 2n ** 63n - 1n,
      cap: 2n ** 64n - 1n,
    })),
    claim: verb(sdk.claim, () => ({ ...vaultOf, line: 0, payee: KEYS.payee.publicKey })),
    claimMany: verb(sdk.claimMany, () => ({
      ...vaultOf,
      claims: [{ line: 0, payee: KEYS.payee.publicKey }],
    })),
    closeLine: verb(sdk.closeLine, () => ({ authority: payer, book, line: 0 })),
    removeLine: verb(sdk.removeLine, () => ({ book, line: 0 })),
    collectFees: verb(sdk.collectFees, () => ({ ...vaultOf, treasury, escrow: null })),
    collectEscrow: verb(sdk.collectEscrow, () => ({
      mint: mint.address,
      tokenProgram,
      treasury,
    })),
    closeBook: verb(sdk.closeBook, () => ({ ...vaultOf, payer, destination: payerTokens })),
    reap: verb(sdk.reap, () => ({ ...vaultOf, payer, destination: null })),

    /** A voucher of this life of the book. Default: line 0 may have 300. */
    async voucher({
      targets = { kind: "dense", start: 0, cumulative: [300n] },
      signer = options.voucherSigner ?? KEYS.payer,
    }: {
      targets?: sdk.Targets;
      signer?: Keypair;
    } = {}): Promise<sdk.Settle> {
      const domain = (await scenario.state()).voucherDomain;
      return { book, domain, voucher: sdk.signVoucher({ domain, book, targets, signer }) };
    },
    /** The two instructions that settle it; `twin` adds the account that leads past the hot path. */
    settleInstructions(settle: sdk.Settle, { twin = false } = {}): TransactionInstruction[] {
      const instructions = sdk.settleInstructions({ settles: [settle], firstIndex: 0 });
      const extra = { pubkey: SystemProgram.programId, isSigner: false, isWritable: false };
      if (twin) instructions[1]?.keys.push(extra);
      return instructions;
    },
    async settle(
      given: { targets?: sdk.Targets; signer?: Keypair; twin?: boolean } & Odd = {},
    ): Promise<Done> {
      const settle = await scenario.voucher(given);
      const [signature, ...rest] = scenario.settleInstructions(settle, {
        twin: given.twin ?? false,
      });
      const changed = rest.map((one) => withAccounts("streams", one, given.accounts ?? {}));
      return send(signature === undefined ? changed : [signature, ...changed]);
    },

    advance: (step: Step) => world.advance(step),
    /** The book with all its lines. */
    async state(): Promise<sdk.Book> {
      const account = await world.account(book);
      if (account === null) throw new Error("the book is not open");
      return sdk.decodeBook(account);
    },
    async line(index = 0): Promise<sdk.Line> {
      const account = await world.account(book);
      if (account === null) throw new Error("the book is not open");
      return sdk.decodeLine(account, index);
    },
    balance: (address: PublicKey) => tokenBalance(world, address),
    now: async () => (await world.clock()).unixTimestamp,
  };

  await setUpOnce({
    world,
    what: { ...terms, stage },
    setUp: () =>
      reachStage(stage, [
        ["initialized", () => scenario.initialize()],
        ["policy", () => scenario.setMintPolicy()],
        ["book", () => scenario.openBook()],
        ["funded", () => scenario.deposit()],
      ]),
  });
  return scenario;
}
