import { type AccountInfo, PublicKey } from "@solana/web3.js";

/** The node refused a request. */
export class RpcRefusal extends Error {
  constructor(
    readonly method: string,
    message: string,
  ) {
    super(`${method}: ${message}`);
    this.name = "RpcRefusal";
  }
}

/** One JSON-RPC request that web3.js has no verb for: its `result`. Throws {@link RpcRefusal}. */
export async function call(url: string, method: string, params: unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = (await response.json()) as {
    result?: unknown;
    error?: { message: string };
  };
  if (error !== undefined) throw new RpcRefusal(method, error.message);
  return result;
}

/** Puts an account where no key could put it: what makes the node one for tests. */
export async function putAccount(args: {
  url: string;
  address: PublicKey;
  account: AccountInfo<Buffer>;
}): Promise<void> {
  const { lamports, data, owner, executable } = args.account;
  const update = {
    lamports,
    data: data.toString("hex"),
    owner: owner.toBase58(),
    executable,
  };
  await call(args.url, "surfnet_setAccount", [args.address.toBase58(), update]);
}

/** Moves the node's clock so many seconds on, and its slot by as many slots. */
export async function passTime(args: { url: string; seconds: number }): Promise<void> {
  const { url, seconds } = args;
  const clock = await clockOf(url);
  const absoluteTimestamp = (Number(clock.unixSeconds) + seconds) * 1_000;
  await call(url, "surfnet_timeTravel", [{ absoluteTimestamp }]);
}

const CLOCK_SYSVAR = new PublicKey("SysvarC1ock11111111111111111111111111111111");
/** Offset in the Clock sysvar. */
const UNIX_SECONDS = 32;

/** What programs see as the time. */
export async function clockOf(url: string): Promise<{ slot: bigint; unixSeconds: bigint }> {
  const found = (await call(url, "getAccountInfo", [
    CLOCK_SYSVAR.toBase58(),
    { encoding: "base64", commitment: "processed" },
  ])) as { value: { data: [string, string] } };
  const data = Buffer.from(found.value.data[0], "base64");
  return { slot: data.readBigUInt64LE(0), unixSeconds: data.readBigInt64LE(UNIX_SECONDS) };
}
