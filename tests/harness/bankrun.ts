import {
  DEFAULT_UNIX_TIMESTAMP,
  epochStartSeconds,
  fixedKeypair,
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
  type AccountInfo,
  ComputeBudgetProgram,
  PublicKey,
  SystemProgram,
  VersionedTransaction,
} from "@solana/web3.js";
import { type AddedAccount, Clock, type ProgramTestContext, Rent, start } from "solana-bankrun";
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
/** Holds the lamports that keep the bank's sum right, see `overwrite`. */
const RESERVE = fixedKeypair(9).publicKey;
/** The most a transaction may ask for. */
const COMPUTE_UNIT_LIMIT = 1_400_000;

// The runtime inside prints every program log to stderr unless told otherwise.
process.env.RUST_LOG ??= "error";

/** A bank, and what must be put back to make it as good as new. */
interface Machine {
  context: ProgramTestContext;
  time: Time;
  /** Accounts at the start, of those that a world may change. */
  genesis: ReadonlyMap<string, AddedAccount>;
  /** Addresses that the present world has used. */
  touched: Set<string>;
  /** Accounts still being overwritten; everything else waits for them. */
  pending: Promise<void>;
  /** Lamports in the account that makes up for what overwriting creates or destroys. */
  reserve: bigint;
  sent: number;
  /** Counts worlds: only the newest one may use the bank. */
  world: number;
}

/** Starts a bankrun machine: runtime 1.18, a real bank, **verifies no signature**. */
export const startBankrun = async (programs: readonly NamedProgram[]): Promise<Backend> =>
  backendOn(await startMachine(programs));

/** By the names of their programs. */
const shared = new Map<string, Promise<Machine>>();

/**
 * A world on the one bank with these programs that all suites of this process share, wiped: a
 * bank cannot be stopped, and hundreds of them would each go on ticking. The world before on it
 * is over; slots go on from where it left them, time begins anew.
 */
export async function wipedBankrun(programs: readonly NamedProgram[]): Promise<Backend> {
  const names = programs.map(({ name }) => name).join();
  const started = shared.get(names) ?? startMachine(programs);
  shared.set(names, started);
  const machine = await started;
  await wipe(machine);
  return backendOn(machine);
}

async function startMachine(programs: readonly NamedProgram[]): Promise<Machine> {
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
    { address: RESERVE, info: systemAccount(PAYER_LAMPORTS) },
    ...deployed.map(({ address, account }) => ({ address, info: account })),
    token2022(),
  ];
  const machine: Machine = {
    context: await start([], genesis, undefined, undefined, [DIRECT_MAPPING]),
    time: { slot: FIRST_SLOT, unixMilliseconds: DEFAULT_UNIX_TIMESTAMP * 1_000n },
    genesis: new Map(genesis.map((added) => [added.address.toBase58(), added])),
    touched: new Set(),
    pending: Promise.resolve(),
    reserve: PAYER_LAMPORTS,
    sent: 0,
    world: 0,
  };
  await applyTime(machine);
  return machine;
}

/** A warp makes a new bank and leaves unix time alone, so the clock is set after each. */
async function applyTime({ context, time }: Machine): Promise<void> {
  context.warpToSlot(time.slot);
  const { epoch, leaderScheduleEpoch } = await context.banksClient.getClock();
  const seconds = time.unixMilliseconds / 1_000n;
  const epochStart = epochStartSeconds(time, context.genesisConfig.epochSchedule);
  context.setClock(new Clock(time.slot, epochStart, epoch, leaderScheduleEpoch, seconds));
}

/**
 * Overwrites an account. A warp counts all lamports of the bank and aborts the process when
 * there are more or fewer than it knows of, so the reserve makes up for every difference.
 */
function overwrite(machine: Machine, address: PublicKey, info: AddedAccount["info"]): void {
  const { context } = machine;
  const copy = { ...info, data: Uint8Array.from(info.data) };
  machine.pending = machine.pending.then(async () => {
    const before = await context.banksClient.getAccount(address);
    machine.reserve += BigInt(before?.lamports ?? 0) - BigInt(copy.lamports);
    context.setAccount(address, copy);
    context.setAccount(RESERVE, systemAccount(machine.reserve));
  });
}

/** Puts back every account that a world has used, and the time. */
async function wipe(machine: Machine): Promise<void> {
  await machine.pending;
  for (const name of machine.touched) {
    const address = new PublicKey(name);
    const info = machine.genesis.get(name)?.info;
    // Sysvars and programs that the bank brought itself are not a world's to change.
    const found = await machine.context.banksClient.getAccount(address);
    if (info !== undefined) overwrite(machine, address, info);
    else if (found !== null && !isBuiltIn(found)) overwrite(machine, address, systemAccount(0n));
  }
  await machine.pending;
  machine.touched.clear();
  machine.time = {
    slot: machine.time.slot + 1n,
    unixMilliseconds: DEFAULT_UNIX_TIMESTAMP * 1_000n,
  };
  await applyTime(machine);
}

const BUILT_IN_OWNERS = [
  "NativeLoader1111111111111111111111111111111",
  "Sysvar1111111111111111111111111111111111111",
];
const isBuiltIn = ({ owner, executable }: AccountInfo<Uint8Array>): boolean =>
  executable || BUILT_IN_OWNERS.includes(owner.toBase58());

function backendOn(machine: Machine): Backend {
  machine.world += 1;
  const world = machine.world;
  /** The bank, as long as it is this world's. */
  const bank = async () => {
    await machine.pending;
    if (machine.world === world) return machine.context.banksClient;
    throw new Error("this world is over: a newer one has begun on the same bank");
  };
  const touch = (address: PublicKey): PublicKey => {
    machine.touched.add(address.toBase58());
    return address;
  };

  return {
    name: "bankrun",
    verifiesSignatures: false,
    payer: PAYER,
    upgradeAuthority: UPGRADE_AUTHORITY,
    async submit(transaction) {
      const decoded = VersionedTransaction.deserialize(transaction);
      for (const address of decoded.message.staticAccountKeys) touch(address);
      const result = await (await bank()).tryProcessTransaction(decoded);
      return {
        failure: result.result === null ? null : parseRuntimeError(result.result),
        logs: result.meta?.logMessages ?? [],
        units: result.meta?.computeUnitsConsumed ?? 0n,
      };
    },
    async latestBlockhash() {
      const latest = await (await bank()).getLatestBlockhash();
      if (latest === null) throw new Error("bankrun has no blockhash");
      return latest[0];
    },
    // The blockhash changes when bankrun's own thread gets to it.
    distinction() {
      machine.sent += 1;
      const units = COMPUTE_UNIT_LIMIT - machine.sent;
      return [ComputeBudgetProgram.setComputeUnitLimit({ units })];
    },
    async account(address) {
      const found = await (await bank()).getAccount(address);
      return found === null ? null : { ...found, data: Buffer.from(found.data), rentEpoch: 0 };
    },
    setAccount: (address, account) => overwrite(machine, touch(address), account),
    async clock() {
      const { slot, epoch, unixTimestamp } = await (await bank()).getClock();
      return { slot, epoch, unixTimestamp };
    },
    async advance(step) {
      await bank();
      const { time, context } = machine;
      machine.time = timeAfter({ time, step, schedule: context.genesisConfig.epochSchedule });
      await applyTime(machine);
    },
    minimumBalance: async (bytes) => (await (await bank()).getRent()).minimumBalance(BigInt(bytes)),
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
