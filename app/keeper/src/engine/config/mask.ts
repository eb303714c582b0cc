import { z } from "zod";
import { shapeOf, unwrap } from "./load";

/** Stands where a secret was. */
export const MASK = "***";

/** A configuration of that schema as it may be printed: secrets replaced, bigints as text. */
export function maskConfig(config: unknown, schema: z.ZodType): unknown {
  return mask(config, schema);
}

/** An address that may carry an access key, cut down to what identifies the host. */
export function maskUrl(url: string): string {
  const { protocol, host, username, password, pathname, search, hash } = new URL(url);
  const told = [username, password, pathname === "/" ? "" : pathname, search, hash];
  return told.some((part) => part !== "") ? `${protocol}//${host}/${MASK}` : url;
}

function mask(value: unknown, schema: z.ZodType): unknown {
  if (value === undefined) return undefined;
  if (isSecret(schema)) {
    const text = String(value);
    if (text.startsWith("file:")) return text;
    return /^(https?|libsql):/.test(text) ? maskUrl(text) : MASK;
  }
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const inner = unwrap(schema);
    const element = inner instanceof z.ZodArray ? (inner.element as z.ZodType) : inner;
    return value.map((each) => mask(each, element));
  }
  const shape = shapeOf(schema);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, mask(inner, shape[key] ?? schema)]),
  );
}

/** The mark may sit on the schema or under its optional and default wrappers. */
function isSecret(schema: z.ZodType): boolean {
  return [schema, unwrap(schema)].some((layer) => layer.meta()?.secret === true);
}
