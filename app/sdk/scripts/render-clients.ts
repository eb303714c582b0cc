import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type AnchorIdl, rootNodeFromAnchor } from "@codama/nodes-from-anchor";
import { renderVisitor as renderKit } from "@codama/renderers-js";
import { renderVisitor as renderUmi } from "@codama/renderers-js-umi";
import { createFromRoot } from "codama";
import type { Idl } from "../src/idl";
import { withDefaults } from "./client-defaults";

/**
 * Where the renderers' code does not pass the compiler: `renderers-js` 2.2 states a result that Kit 8
 * infers otherwise, and `renderers-js-umi` 1.1 builds a variant that only one kind of enum has.
 */
const EDITS: readonly [RegExp, string][] = [
  [/\): Omit<T, "\w+"> & \{ \w+: \w+ \} => \{/g, ") => {"],
  [/\? \{ __kind: kind, fields: data \}/g, "? ({ __kind: kind, fields: data } as any)"],
];

const edited = (text: string): string =>
  EDITS.reduce((result, [from, to]) => result.replace(from, to), text);

/** The files of a rendered client, by their path below its folder. */
export type ClientFiles = Map<string, string>;

async function filesOf(render: (folder: string) => unknown): Promise<ClientFiles> {
  const folder = mkdtempSync(join(tmpdir(), "pinfi-codama-"));
  try {
    await render(folder);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    return new Map(
      files.map((path) => [relative(folder, path), edited(readFileSync(path, "utf8"))]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The clients that Codama makes of one program's IDL: for `@solana/kit` and for Umi. */
export async function renderClients(idl: Idl): Promise<{ kit: ClientFiles; umi: ClientFiles }> {
  const codama = createFromRoot(withDefaults(rootNodeFromAnchor(idl as unknown as AnchorIdl)));
  const kit = await filesOf((folder) =>
    codama.accept(renderKit(folder, { generatedFolder: ".", syncPackageJson: false })),
  );
  const umi = await filesOf((folder) => codama.accept(renderUmi(folder)));
  return { kit, umi };
}
