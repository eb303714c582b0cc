// target/types/NAME.ts, in the form that the Anchor CLI gives it: the IDL as a TypeScript type, with
// the names as @coral-xyz/anchor has them at run time (its convertIdlToCamelCase).

const NAMES = new Set(["name", "path", "account", "relations", "generic"]);

/** As npm camelcase 6 does it, which @coral-xyz/anchor uses. */
export function camelCase(text) {
  const input = text.trim();
  if (input.length <= 1) return input.toLowerCase();
  const humps = input === input.toLowerCase() ? input : splitHumps(input);
  return humps
    .replace(/^[_.\- ]+/, "")
    .toLowerCase()
    .replace(/[_.\- ]+([\p{Alpha}\p{N}_]|$)/gu, (_, first) => first.toUpperCase())
    .replace(/\d+([\p{Alpha}\p{N}_]|$)/gu, (match) => match.toUpperCase());
}

/** fooBar -> foo-Bar, FOOBar -> FOO-Bar. */
function splitHumps(text) {
  return text.replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, "-");
}

const camelPath = (name) => name.split(".").map(camelCase).join(".");

function camelNames(value, key) {
  if (Array.isArray(value)) return value.map((item) => camelNames(item, key));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, camelNames(item, name)]),
    );
  }
  return typeof value === "string" && NAMES.has(key) ? camelPath(value) : value;
}

const pascalCase = (name) => name.replace(/(^|[_-])(\w)/g, (_, _gap, first) => first.toUpperCase());

/** @param {{ metadata: { name: string } }} idl */
export function typesOf(idl) {
  const { name } = idl.metadata;
  return `/**
 * Program IDL in camelCase format in order to be used in JS/TS.
 *
 * Note that this is only a type helper and is not the actual IDL. The original
 * IDL can be found at \`target/idl/${name}.json\`.
 */
export type ${pascalCase(name)} = ${JSON.stringify(camelNames(idl), null, 2)};
`;
}
