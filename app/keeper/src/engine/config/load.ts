import { readFileSync } from "node:fs";
import { parse, YAMLError } from "yaml";
import { z } from "zod";
import { ConfigError } from "../errors";

/** Environment names that override the file: `PINFI__TASKS__CLAIM_DUE__EVERY_MS`. */
export const ENVIRONMENT_PREFIX = "PINFI__";

type Tree = { [key: string]: unknown };

/** Reads configurations of one schema. */
export interface ConfigReader<Config> {
  /**
   * The configuration: defaults, then the file, then the environment.
   *
   * Throws ConfigError with every problem at once, one a line, each naming its key.
   */
  load(args: { file?: string; environment?: Readonly<Record<string, string | undefined>> }): Config;
  /** Checks a tree of plain values (from YAML, or written in code) and fills in the defaults. */
  parse(tree: unknown): Config;
  /** The configuration as a JSON schema, for editors and for `keeper.schema.json`. */
  jsonSchema(): object;
}

/** `Config`: what the schema gives. */
export function createConfigReader<Config>(schema: z.ZodType): ConfigReader<Config> {
  const parse = (tree: unknown): Config => {
    const parsed = schema.safeParse(tree);
    if (parsed.success) return deepFreeze(parsed.data as Config);
    const lines = parsed.error.issues.flatMap(describe);
    throw new ConfigError(
      `the configuration cannot be used:\n${lines.map((l) => `  ${l}`).join("\n")}`,
    );
  };
  return {
    load({ file, environment = {} }) {
      const tree = file === undefined ? {} : readTree(file);
      for (const [name, text] of Object.entries(environment)) {
        if (!name.startsWith(ENVIRONMENT_PREFIX) || text === undefined) continue;
        override({ schema, tree, name, text });
      }
      return parse(tree);
    },
    parse,
    jsonSchema: () => z.toJSONSchema(schema, { io: "input" }),
  };
}

function readTree(file: string): Tree {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError(`${file}: ${(cause as Error).message}`);
  }
  const tree = parseYaml(text, file);
  if (tree === null) return {};
  if (typeof tree === "object" && !Array.isArray(tree)) return tree as Tree;
  throw new ConfigError(`${file}: expected sections (cluster:, payer:, ...), found a single value`);
}

/** An error says where, and not what stands there: it may be a secret. */
function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text, { logLevel: "error" });
  } catch (cause) {
    if (!(cause instanceof YAMLError)) throw new ConfigError(`${name}: cannot be read as YAML`);
    const [{ line, col } = { line: 1, col: 1 }] = cause.linePos ?? [];
    throw new ConfigError(`${name}: no YAML at line ${line}, column ${col} (${cause.code})`);
  }
}

/** `EVERY_MS` and `everyMs` are the same key. */
const plain = (key: string): string => key.replaceAll("_", "").toLowerCase();

function override(args: { schema: z.ZodType; tree: Tree; name: string; text: string }): void {
  const steps = args.name.slice(ENVIRONMENT_PREFIX.length).split("__");
  let { schema } = args;
  let node = args.tree;
  for (const [depth, step] of steps.entries()) {
    const shape = shapeOf(schema);
    const key = Object.keys(shape).find((known) => plain(known) === plain(step));
    if (key === undefined) {
      const known = Object.keys(shape).join(", ") || "no keys below it";
      throw new ConfigError(`environment ${args.name}: no key "${step}" here; known: ${known}`);
    }
    schema = shape[key] as z.ZodType;
    if (depth === steps.length - 1) {
      if (Object.keys(shapeOf(schema)).length > 0) {
        throw new ConfigError(`environment ${args.name}: names a section, not a key in it`);
      }
      node[key] = isText(schema) ? args.text : parseYaml(args.text, `environment ${args.name}`);
      return;
    }
    const next = node[key];
    node[key] = typeof next === "object" && next !== null ? { ...next } : {};
    node = node[key] as Tree;
  }
}

/** Text stays text where the schema wants text, so that a secret of digits is not a number. */
const isText = (schema: z.ZodType): boolean =>
  unwrap(schema) instanceof z.ZodString || unwrap(schema) instanceof z.ZodURL;

/** The schema under its defaults and optional marks. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault
  ) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  return schema;
}

/** The keys of a section, or none. */
export function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? (inner.shape as Record<string, z.ZodType>) : {};
}

function describe(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${[path, key].filter(Boolean).join(".")}: no such key`);
  }
  return [`${path || "(top)"}: ${issue.message}`];
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
