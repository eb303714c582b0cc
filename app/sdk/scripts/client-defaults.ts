/**
 * Which accounts a generated client fills in by itself. An IDL says how an address is derived only where
 * the program checks the derivation, which is where the account is made; everywhere else the account
 * is recognised by what it holds. A wallet wants it derived all the same.
 */
import type { rootNodeFromAnchor } from "@codama/nodes-from-anchor";

type Root = ReturnType<typeof rootNodeFromAnchor>;
type Instruction = Root["program"]["instructions"][number];
type Account = Instruction["accounts"][number];
type Default = NonNullable<Account["defaultValue"]>;

/** A way to derive an account of a name: from accounts alone, whose names are `needs`. */
interface Derivation {
  value: Default;
  needs: string[];
}

/** The derivation that an account comes with, if it is from accounts alone. */
function derivationOf({ defaultValue }: Account): Derivation | null {
  if (defaultValue?.kind !== "pdaValueNode") return null;
  const needs = defaultValue.seeds.map(({ value }) =>
    value.kind === "accountValueNode" ? value.name : null,
  );
  return needs.includes(null) ? null : { value: defaultValue, needs: needs as string[] };
}

/** Derivations by the name of the account that they lead to, each once. */
function derivationsOf(instructions: readonly Instruction[]): Map<string, Derivation[]> {
  const found = new Map<string, Derivation[]>();
  for (const account of instructions.flatMap(({ accounts }) => accounts)) {
    const derivation = derivationOf(account);
    if (!derivation) continue;
    const known = found.get(account.name) ?? [];
    const text = JSON.stringify(derivation.value);
    if (known.every(({ value }) => JSON.stringify(value) !== text)) known.push(derivation);
    found.set(account.name, known);
  }
  return found;
}

/** Whether a default says that the account is the wallet itself. */
const isWallet = (value: Account["defaultValue"]): boolean =>
  value?.kind === "identityValueNode" || value?.kind === "payerValueNode";

/**
 * The same program with two rules applied to accounts that do not sign: one that another instruction
 * derives from accounts which stand here too is derived here as well; and none is taken for the wallet
 * because it is called `authority` or `payer`.
 */
export function withDefaults(root: Root): Root {
  const derivations = derivationsOf(root.program.instructions);
  const filled = (account: Account, present: ReadonlySet<string>): Account => {
    if (account.isSigner !== false) return account;
    if (account.defaultValue && !isWallet(account.defaultValue)) return account;
    const fitting = (derivations.get(account.name) ?? []).filter(({ needs }) =>
      needs.every((name) => present.has(name)),
    );
    const [only] = fitting;
    const { defaultValue: _, ...bare } = account;
    return only && fitting.length === 1 ? { ...bare, defaultValue: only.value } : bare;
  };
  const instructions = root.program.instructions.map((instruction) => {
    const present = new Set<string>(instruction.accounts.map(({ name }) => name));
    return {
      ...instruction,
      accounts: instruction.accounts.map((account) => filled(account, present)),
    };
  });
  return { ...root, program: { ...root.program, instructions } };
}
