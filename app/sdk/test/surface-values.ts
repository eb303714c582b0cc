/** Good values of every kind that the SDK takes. */
import { type Budget, compileTransaction, readWire, signTransaction } from "../src";
import * as sdk from "../src/streams";
import { key, keypair } from "./builders";

/** A function of the surface and arguments that it takes. */
export interface Sample {
  /** Called with the arguments in their order. */
  run: (...args: never[]) => unknown;
  args: unknown[];
  /** Paths that may be left out, as `0.payer`; a `null` counts as left out where it says so. */
  optional?: readonly string[];
  nullable?: readonly string[];
  /** Paths of what may be anything: never refused, never the cause of another error. */
  anything?: readonly string[];
}

export const signer = keypair(3);
export const domain = new Uint8Array(32).fill(9);
export const dense: sdk.Targets = { kind: "dense", start: 0, cumulative: [1n, 2n] };
export const sparse: sdk.Targets = { kind: "sparse", entries: [{ line: 1, cumulative: 3n }] };
export const voucher = sdk.signVoucher({ domain, book: key(4), targets: dense, signer });
export const sparseVoucher = sdk.signVoucher({ domain, book: key(4), targets: sparse, signer });
export const settle: sdk.Settle = { book: key(4), domain, voucher, capacity: 2, units: 900 };
export const SETTLE_OPTIONAL = ["capacity", "units"];

export const quoted: sdk.QuotedLine = {
  deposit: 100n,
  vouched: 5n,
  rate: 1n,
  accrued: 2n,
  accruedAt: 1_000n,
  claimed: 3n,
  closingAt: 0n,
  removed: false,
};
export const at = { line: quoted, now: 1_010n };

export const discriminator = (name: string): number[] =>
  sdk.STREAMS_IDL.accounts?.find((account) => account.name === name)?.discriminator ?? [];
export const account = (name: string, length: number) => {
  const data = Buffer.alloc(length);
  data.set(discriminator(name));
  return { owner: sdk.STREAMS_PROGRAM_ID, data };
};
export const book = account("Book", sdk.BOOK_HEADER_LENGTH + sdk.LINE_LENGTH);
book.data.writeUInt16LE(1, 8 + 292);
export const budget: Budget = {
  computeUnitLimit: 1_000,
  loadedAccountsDataSizeLimit: 70_000,
  priorityFeeLamports: 7n,
};
export const BUDGET_OPTIONAL = Object.keys(budget);

export const instruction = sdk.closeLine({ authority: key(1), book: key(4), line: 1 });
/** As plain objects, so that every part of it is a path. */
export const plain = {
  programId: instruction.programId,
  keys: instruction.keys.map((meta) => ({ ...meta })),
  data: instruction.data,
};
export const blockhash = key(2).toBase58();
export const message = { format: "v0", payer: key(1), instructions: [plain], budget } as const;
export const MESSAGE_OPTIONAL = ["budget", ...BUDGET_OPTIONAL.map((name) => `budget.${name}`)];
export const payer = keypair(1);
export const transaction = compileTransaction({
  ...message,
  payer: payer.publicKey,
  blockhash,
});
export const wire = signTransaction({ transaction, signers: [payer] });
export const { instructions, signatures, writableAccounts, loadedBytesLimit, priorityLamports } =
  readWire(wire);
export const facts = {
  instructions: instructions.map(({ program, data }) => ({ program, data })),
  signatures,
  writableAccounts,
  loadedBytesLimit,
  priorityLamports,
};

export const landed = { slot: 7, err: null, confirmationStatus: "confirmed" };
export const connection = {
  sendRawTransaction: async () => "",
  getSignatureStatuses: async () => ({ value: [landed] }),
  getBlockHeight: async () => 1,
};
export const template = {
  format: "v1",
  priorityFeeLamports: 1n,
  payer: key(1),
  book: key(4),
  domain,
  signer: key(3),
  start: 0,
  count: 2,
  capacity: 4,
  units: 900,
} as const;
export const fill = {
  out: new Uint8Array(1_000),
  blockhash: new Uint8Array(32),
  signature: new Uint8Array(64),
  targets: new Uint8Array(7 + 16),
};
export const packing = {
  format: "v1",
  verifiedBy: "ed25519",
  limits: true,
  priorityFeeLamports: 1n,
} as const;
export const PACKING_OPTIONAL = ["verifiedBy", "limits", "priorityFeeLamports"];
export const options = { token: () => undefined, account: () => undefined };

export const under = (root: string, names: readonly string[]): string[] =>
  names.map((name) => `${root}.${name}`);
export const one = (run: Sample["run"], args: unknown, more: Partial<Sample> = {}): Sample => ({
  run,
  args: [args],
  ...more,
});
export const decoder = (run: Sample["run"], name: string, length: number): Sample =>
  one(run, account(name, length));
