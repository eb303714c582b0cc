import * as sdk from "@pinfi/sdk/streams";
import { startWorld } from "../harness/describe";
import { createLooseTokenAccount } from "../harness/tokens";
import { CALLS, type Call } from "../streams/honest-calls";
import { KEYS } from "../streams/keys";
import { DEPOSIT, GRACE, REAP_DELAY, startScenario } from "../streams/scenario";
import { growthRows } from "./growth-cases";
import { honestRows } from "./honest-rows";
import { measure, type Row, type Table } from "./measure";
import { settleRows } from "./settle-cases";

const start = () => startWorld("litesvm");

/** Measures every instruction of streams, each on a machine of its own where it matters. */
export async function measureStreams(): Promise<Table> {
  const rows = {
    ...(await authorityRows()),
    ...(await bookRows()),
    ...(await settleRows()),
    ...(await poolRows()),
    ...(await growthRows()),
  };
  const begin = ({ stage = "funded" }: Call) => startScenario(start, { stage, feeBps: 250 });
  const rest = { program: "streams", calls: CALLS, begin, measured: rows };
  return { ...rows, ...(await honestRows(rest)) };
}

async function authorityRows(): Promise<Table> {
  const streams = await startScenario(start, { stage: "deployed" });
  const { mint, treasury, world } = streams;
  const authority = KEYS.authority.publicKey;
  const payer = KEYS.payer.publicKey;
  const policy = {
    authority,
    payer,
    mint: mint.address,
    treasury,
    minDeposit: 10n,
    allowedExtensions: 0n,
    feeBps: 250,
    burnBps: 5_000,
    enabled: true,
  };
  const upgradeAuthority = world.upgradeAuthority.publicKey;
  const initialize = sdk.initialize({ payer, upgradeAuthority, authority });
  const nominate = sdk.nominateAuthority({ authority, nominee: payer });
  const accept = sdk.acceptAuthority({ nominee: payer });
  const create = sdk.setMintPolicy(policy);
  const update = sdk.setMintPolicy({ ...policy, minDeposit: 20n });
  return {
    "streams.initialize": await measure(streams, { instructions: [initialize] }),
    "streams.set_mint_policy.create": await measure(streams, { instructions: [create] }),
    "streams.set_mint_policy.update": await measure(streams, { instructions: [update] }),
    "streams.nominate_authority": await measure(streams, { instructions: [nominate] }),
    "streams.accept_authority": await measure(streams, { instructions: [accept] }),
  };
}

async function bookRows(): Promise<Table> {
  const streams = await startScenario(start, { stage: "policy", feeBps: 250 });
  const { book, mint, payerTokens, treasury } = streams;
  const payer = KEYS.payer.publicKey;
  const payee = KEYS.payee.publicKey;
  const keeper = streams.world.payer;
  const vault = { book, mint: mint.address };
  const loose = await createLooseTokenAccount({
    world: streams.world,
    mint,
    owner: payee,
    keypair: KEYS.loose,
  });
  const line = { payer, book, payee, deposit: 1_000n, rate: 0n, controlled: false };
  const open = sdk.openBook({ payer, mint: mint.address, id: 0, graceSeconds: Number(GRACE) });
  const rows: Table = {};
  const row = async (
    name: string,
    instruction: Parameters<typeof measure>[1]["instructions"][number],
    feePayer = KEYS.payer,
  ): Promise<void> => {
    rows[`streams.${name}`] = await measure(streams, { instructions: [instruction], feePayer });
  };

  await row("open_book", open);
  await row(
    "deposit",
    sdk.deposit({ ...vault, funder: payer, source: payerTokens, amount: 100_000n }),
  );
  await row("refund", sdk.refund({ ...vault, payer, destination: payerTokens, amount: 1_000n }));
  await row("add_line.grow", sdk.addLine({ ...line, line: 0 }));
  await row("reserve_lines", sdk.reserveLines({ payer, book, count: 106 }));
  await row("add_line.funded", sdk.addLine({ ...line, line: 1, rate: 5n }));
  await row("fund_line", sdk.fundLine({ payer, book, line: 1, amount: 500n }));
  await row("set_rate", sdk.setRate({ authority: payer, book, line: 1, rate: 7n }));
  // Line 0 earns by vouchers, 100 of which stay unclaimed; line 1 by the second.
  const upTo = (total: bigint) =>
    streams.settle({ targets: { kind: "dense", start: 0, cumulative: [total] } });
  await upTo(300n);
  await row("claim", sdk.claim({ ...vault, line: 0, payee }), keeper);
  await upTo(310n);
  const claimAs = sdk.claim({ ...vault, line: 0, payee, destination: loose });
  await row("claim.payee", claimAs, KEYS.payee);
  await upTo(410n);
  const signer = KEYS.voucherSigner.publicKey;
  const [expiresAt, cap] = [2n ** 63n - 1n, 2n ** 64n - 1n];
  await row("set_voucher_signer", sdk.setVoucherSigner({ payer, book, signer, expiresAt, cap }));
  await streams.advance({ seconds: 60n });
  await row("claim.rate", sdk.claim({ ...vault, line: 1, payee }), keeper);
  await row("close_line.payer", sdk.closeLine({ authority: payer, book, line: 1 }));
  await row("close_line.payee", sdk.closeLine({ authority: payee, book, line: 0 }), KEYS.payee);
  await row("remove_line.unpaid", sdk.removeLine({ book, line: 0 }), keeper);
  await streams.claim();
  await streams.removeLine();
  await streams.advance({ seconds: GRACE });
  await row("remove_line.paid", sdk.removeLine({ book, line: 1 }), keeper);
  await row("collect_fees", sdk.collectFees({ ...vault, treasury }), keeper);
  await row("close_book", sdk.closeBook({ ...vault, payer, destination: payerTokens }));
  rows["streams.reap"] = await reapRow();
  rows["streams.claim_many.eight"] = await claimManyRow(8);
  return rows;
}

/** A book whose payer has nothing left in it, cleared away by a keeper. */
async function reapRow(): Promise<Row> {
  const streams = await startScenario(start);
  await streams.addLine();
  await streams.closeLine({ authority: KEYS.payee.publicKey });
  await streams.removeLine();
  await streams.refund({ amount: DEPOSIT });
  await streams.advance({ seconds: REAP_DELAY });
  await streams.advance({ slots: 1n });
  const { book, mint, world } = streams;
  const payer = KEYS.payer.publicKey;
  const reap = sdk.reap({ book, mint: mint.address, payer, destination: null });
  return measure(streams, { instructions: [reap], feePayer: world.payer });
}

/** Lines of one payee, paid in one instruction. */
async function claimManyRow(count: number): Promise<Row> {
  const streams = await startScenario(start, { feeBps: 250 });
  for (let line = 0; line < count; line++) await streams.addLine({ line, rate: 5n });
  await streams.advance({ seconds: 60n });
  const { book, mint, world } = streams;
  const payee = KEYS.payee.publicKey;
  const claims = Array.from({ length: count }, (_, line) => ({ line, payee }));
  const claimMany = sdk.claimMany({ book, mint: mint.address, claims });
  return measure(streams, { instructions: [claimMany], feePayer: world.payer });
}

async function poolRows(): Promise<Table> {
  const streams = await startScenario(start, { stage: "policy" });
  const { mint, payerTokens } = streams;
  const owner = KEYS.payer.publicKey;
  const who = KEYS.payee.publicKey;
  const keeper = streams.world.payer;
  const pool = sdk.poolAddress({ owner, mint: mint.address, id: 0 });
  const poolOf = { pool, mint: mint.address };
  const open = sdk.openPool({ owner, mint: mint.address, id: 0 });
  const create = sdk.setUnits({ ...poolOf, owner, who, units: 3n });
  const update = sdk.setUnits({ ...poolOf, owner, who, units: 2n });
  const share = sdk.distribute({ ...poolOf, funder: owner, source: payerTokens, amount: 1_000n });
  const claim = sdk.claimMember({ ...poolOf, who });
  const end = sdk.setUnits({ ...poolOf, owner, who, units: 0n });
  const closeMember = sdk.closeMember({ owner, pool, who });
  const close = sdk.closePool({ ...poolOf, owner, destination: payerTokens });
  const rows: Table = {
    "streams.open_pool": await measure(streams, { instructions: [open] }),
    "streams.set_units.create": await measure(streams, { instructions: [create] }),
    "streams.set_units.update": await measure(streams, { instructions: [update] }),
  };
  await streams.send([share]);
  const claimed = { instructions: [claim], feePayer: keeper };
  rows["streams.claim_member"] = await measure(streams, claimed);
  await streams.send([end]);
  const ended = { instructions: [closeMember], feePayer: keeper };
  rows["streams.close_member"] = await measure(streams, ended);
  rows["streams.close_pool"] = await measure(streams, { instructions: [close] });
  return rows;
}
