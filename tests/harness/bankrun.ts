import {
  DEFAULT_UNIX_TIMESTAMP,
  epochStartSeconds,
  type NamedProgram,
  PAYER_LAMPORTS,
  PROGRAM_DATA_HEADER_BYTES,
  programDataAddressOf,
  readPrograms,
  startLocalnet,
  type Time,
  timeAfter,
  upgradeableProgramAccounts,
} from "@pinfi/localnet";
import { TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import {
  ComputeBudgetProgram,
  PublicKey,
  SystemProgram,
  VersionedTransaction,
} from "@solana/web3.js";
import { type AddedAccount, Clock, Rent, start } from "solana-bankrun";
import type { Backend } from "./backend";
import { PAYER, UPGRADE_AUTHORITY } from "./programs";
import { parseRuntimeError } from "./runtime-error";

/**
 * bpf_account_data_direct_mapping: with it on, runtime 1.18 lays SBPF v0 stack frames out
 * without gaps, as no cluster of that time did, and calls of many arguments get garbage.
 */
const DIRECT_MAPPING = new PublicKey("EenyoWx9UMXYKpR8mW5Jmfmy2fRjzUtM7NduYMY8bx33");
const LOADER_2 = new PublicKey("BPFLoader2111111111111111111111111111111111");
/** Where LiteSVM begins as well, so that both machines tell the same slot and epoch. */
const FIRST_SLOT = 447_552_000n;
/** The most a transaction may ask for. */
const COMPUTE_UNIT_LIMIT = 1_400_000;

// The runtime inside prints every program log to stderr unless told otherwise.
process.env.RUST_LOG ??= "error";

/** Starts a bankrun machine: runtime 1.18, a real bank, **verifies no signature**. */
export async function startBankrun(programs: readonly NamedProgram[]): Promise<Backend> {
  // start() never settles when a file is missing, so they are read before.
  const deployed = readPrograms({ programs }).flatMap(({ address, elf }) =>
    upgradeableProgramAccounts({
      address,
      elf,
      upgradeAuthority: UPGRADE_AUTHORITY.publicKey,
      minimumBalance: (bytes) => Rent.default().minimumBalance(BigInt(bytes)),
    }),
  );
  const genesis: AddedAccount[] = [
    { address: PAYER.publicKey, info: systemAccount(PAYER_LAMPORTS) },
    ...deployed.map(({ address, account }) => ({ address, info: account })),
    token2022(),
  ];
  const context = await start([], genesis, undefined, undefined, [DIRECT_MAPPING]);
  const bank = context.banksClient;
  const schedule = context.genesisConfig.epochSchedule;

  // A warp makes a new bank and leaves unix time alone, so the clock is set after each.
  let time: Time = { slot: FIRST_SLOT, unixMilliseconds: DEFAULT_UNIX_TIMESTAMP * 1_000n };
  const applyTime = async (): Promise<void> => {
    context.warpToSlot(time.slot);
    const { epoch, leaderScheduleEpoch } = await bank.getClock();
    const seconds = time.unixMilliseconds / 1_000n;
    const epochStart = epochStartSeconds(time, schedule);
    context.setClock(new Clock(time.slot, epochStart, epoch, leaderScheduleEpoch, seconds));
  };
  await applyTime();

  let sent = 0;
  return {
    name: "bankrun",
    verifiesSignatures: false,
    payer: PAYER,
    upgradeAuthority: UPGRADE_AUTHORITY,
    async submit(transaction) {
      const result = await bank.tryProcessTransaction(
        VersionedTransaction.deserialize(transaction),
      );
      return {
        failure: result.result === null ? null : parseRuntimeError(result.result),
        logs: result.meta?.logMessages ?? [],
        units: result.meta?.computeUnitsConsumed ?? 0n,
      };
    },
    async latestBlockhash() {
      const latest = await bank.getLatestBlockhash();
      if (latest === null) throw new Error("bankrun has no blockhash");
      return latest[0];
    },
    // The blockhash changes when bankrun's own thread gets to it.
    distinction() {
      sent += 1;
      return [ComputeBudgetProgram.setComputeUnitLimit({ units: COMPUTE_UNIT_LIMIT - sent })];
    },
    async account(address) {
      const found = await bank.getAccount(address);
      return found === null ? null : { ...found, data: Buffer.from(found.data), rentEpoch: 0 };
    },
    setAccount: (address, account) => context.setAccount(address, account),
    async clock() {
      const { slot, epoch, unixTimestamp } = await bank.getClock();
      return { slot, epoch, unixTimestamp };
    },
    async advance(step) {
      time = timeAfter({ time, step, schedule });
      await applyTime();
    },
    minimumBalance: async (bytes) => (await bank.getRent()).minimumBalance(BigInt(bytes)),
  };
}

const systemAccount = (lamports: bigint): AddedAccount["info"] => ({
  lamports: Number(lamports),
  data: new Uint8Array(),
  owner: SystemProgram.programId,
  executable: false,
});

let token2022Account: AddedAccount | undefined;

/** The Token-2022 that LiteSVM carries, in place of bankrun's 1.0.0 of 2023. */
function token2022(): AddedAccount {
  if (token2022Account === undefined) {
    const source = startLocalnet().account(programDataAddressOf(TOKEN_2022_PROGRAM_ID));
    if (source === null) throw new Error("LiteSVM carries no Token-2022");
    const data = source.data.subarray(PROGRAM_DATA_HEADER_BYTES);
    const lamports = Number(Rent.default().minimumBalance(BigInt(data.length)));
    const info = { data, lamports, owner: LOADER_2, executable: true };
    token2022Account = { address: TOKEN_2022_PROGRAM_ID, info };
  }
  return token2022Account;
}
