import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { PublicKey } from "@solana/web3.js";

/** Terms on which books of a mint may be opened. */
export interface MintConfig {
  /** For people: what the mint is called. */
  name: string;
  address: PublicKey;
  /** Least deposit, in base units. */
  minDeposit: bigint;
  /** Token-2022 extensions the mint may carry, as their type numbers. */
  allowedExtensions: readonly number[];
  /** Fee on claims and the part of it that is burned, in hundredths of a percent. */
  feeBps: number;
  burnBps: number;
  /** Whose associated token account gets what is not burned; null when there is no such part. */
  treasuryOwner: PublicKey | null;
  enabled: boolean;
}

/** What a cluster should look like after the migrations. */
export interface ClusterConfig {
  /** Who is to have the authority in the end; null: the wallet that migrates keeps it. */
  authority: PublicKey | null;
  /** `required`: migrations fail where an IDL cannot be published; `optional`: they say so and go on. */
  idl: "required" | "optional";
  mints: readonly MintConfig[];
}

/** Clusters that `clusters.json` has a section for. */
export type ClusterName = "mainnet" | "devnet" | "testnet" | "localnet";

const CLUSTERS: readonly ClusterName[] = ["mainnet", "devnet", "testnet", "localnet"];

/** The configuration says something impossible; `path` is the field in question. */
export class ConfigError extends Error {
  readonly code = "MIGRATION_CONFIG";

  constructor(
    readonly path: string,
    want: string,
  ) {
    super(`migrations/clusters.json: ${path} must be ${want}`);
    this.name = "ConfigError";
  }
}

type Fields = Record<string, unknown>;

function fields(value: unknown, path: string, names: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError(path, "an object");
  }
  const missing = names.filter((name) => !(name in value));
  const unknown = Object.keys(value).filter((name) => !names.includes(name));
  if (missing.length > 0) throw new ConfigError(`${path}.${missing[0]}`, "given");
  if (unknown.length > 0)
    throw new ConfigError(`${path}.${unknown[0]}`, `one of ${names.join(", ")}`);
  return value as Fields;
}

function key(value: unknown, path: string): PublicKey {
  try {
    if (typeof value === "string") return new PublicKey(value);
  } catch {
    // Said below, with the path.
  }
  throw new ConfigError(path, "a public key in base58");
}

const keyOrNull = (value: unknown, path: string): PublicKey | null =>
  value === null ? null : key(value, path);

function whole(value: unknown, path: string, most: number): number {
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most) return Number(value);
  throw new ConfigError(path, `a whole number from 0 to ${most}`);
}

function amount(value: unknown, path: string): bigint {
  if (typeof value === "string" && /^[0-9]{1,20}$/.test(value) && BigInt(value) < 2n ** 64n) {
    return BigInt(value);
  }
  throw new ConfigError(path, "base units as a string of digits, below 2^64");
}

function array<T>(value: unknown, path: string, item: (entry: unknown, path: string) => T): T[] {
  if (!Array.isArray(value)) throw new ConfigError(path, "an array");
  return value.map((entry, index) => item(entry, `${path}[${index}]`));
}

const MINT_FIELDS = [
  "name",
  "address",
  "minDeposit",
  "allowedExtensions",
  "feeBps",
  "burnBps",
  "treasuryOwner",
  "enabled",
] as const;

function mint(value: unknown, path: string): MintConfig {
  const raw = fields(value, path, MINT_FIELDS);
  if (typeof raw.name !== "string" || raw.name === "")
    throw new ConfigError(`${path}.name`, "a name");
  if (typeof raw.enabled !== "boolean") throw new ConfigError(`${path}.enabled`, "true or false");
  const parsed: MintConfig = {
    name: raw.name,
    address: key(raw.address, `${path}.address`),
    minDeposit: amount(raw.minDeposit, `${path}.minDeposit`),
    allowedExtensions: array(raw.allowedExtensions, `${path}.allowedExtensions`, (entry, at) =>
      whole(entry, at, 63),
    ),
    feeBps: whole(raw.feeBps, `${path}.feeBps`, 500),
    burnBps: whole(raw.burnBps, `${path}.burnBps`, 10_000),
    treasuryOwner: keyOrNull(raw.treasuryOwner, `${path}.treasuryOwner`),
    enabled: raw.enabled,
  };
  if (parsed.feeBps > 0 && parsed.burnBps < 10_000 && !parsed.treasuryOwner) {
    throw new ConfigError(`${path}.treasuryOwner`, "given where a part of the fee is not burned");
  }
  return parsed;
}

function cluster(value: unknown, path: string): ClusterConfig {
  const raw = fields(value, path, ["authority", "idl", "mints"]);
  const { idl } = raw;
  if (idl !== "required" && idl !== "optional")
    throw new ConfigError(`${path}.idl`, '"required" or "optional"');
  const mints = array(raw.mints, `${path}.mints`, mint);
  const addresses = mints.map(({ address }) => address.toBase58());
  const twice = addresses.findIndex((address, index) => addresses.indexOf(address) !== index);
  if (twice >= 0) throw new ConfigError(`${path}.mints[${twice}].address`, "listed once");
  return { authority: keyOrNull(raw.authority, `${path}.authority`), idl, mints };
}

/** Checks a configuration of all clusters. Throws {@link ConfigError} naming the field. */
export function parseConfig(value: unknown): Record<ClusterName, ClusterConfig> {
  const raw = fields(value, "config", CLUSTERS);
  const entries = CLUSTERS.map((name) => [name, cluster(raw[name], name)] as const);
  return Object.fromEntries(entries) as Record<ClusterName, ClusterConfig>;
}

/** Reads the configuration of a cluster, from the committed file or another. Throws {@link ConfigError}. */
export function loadConfig(
  name: ClusterName,
  path: string = resolve(__dirname, "clusters.json"),
): ClusterConfig {
  return parseConfig(JSON.parse(readFileSync(path, "utf8")))[name];
}

const GENESIS: Readonly<Record<string, ClusterName>> = {
  "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d": "mainnet",
  EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG: "devnet",
  "4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY": "testnet",
};

/** The cluster with this genesis hash; any that is not public is `localnet`. */
export function clusterOf(genesisHash: string): ClusterName {
  return GENESIS[genesisHash] ?? "localnet";
}
