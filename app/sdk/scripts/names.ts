import { accountsOf, type Idl, type IdlField } from "../src/idl";

/** `node_2x` becomes `node2X` in one client generation and `node2x` in the next. */
const DIGIT_THEN_LETTER = /\d[a-z]/;

function* namesOf(idl: Idl): Generator<[what: string, name: string]> {
  const fields = function* (owner: string, list: readonly IdlField[]): Generator<[string, string]> {
    for (const field of list) if (field.name) yield [`field of ${owner}`, field.name];
  };
  for (const instruction of idl.instructions) {
    yield ["instruction", instruction.name];
    for (const { path } of accountsOf(instruction.accounts))
      for (const name of path) yield [`account of ${instruction.name}`, name];
    yield* fields(instruction.name, instruction.args);
  }
  for (const event of idl.events ?? []) yield ["event", event.name];
  for (const type of idl.types ?? []) {
    yield ["type", type.name];
    if (type.type.kind === "struct") yield* fields(type.name, type.type.fields ?? []);
    else
      for (const variant of type.type.variants) {
        yield [`variant of ${type.name}`, variant.name];
        yield* fields(`${type.name}.${variant.name}`, variant.fields ?? []);
      }
  }
}

/** Throws when a name has a letter right after a digit; says which one and what to do. */
export function assertPlainNames(idl: Idl): void {
  const refused = [...namesOf(idl)].filter(([, name]) => DIGIT_THEN_LETTER.test(name));
  if (refused.length === 0) return;
  const list = refused.map(([what, name]) => `${what} \`${name}\``).join(", ");
  throw new Error(
    `${idl.metadata.name}: ${list}: a letter right after a digit is spelt differently by ` +
      "different client generators; rename it in the program (`node_2x` to `node_double`)",
  );
}
