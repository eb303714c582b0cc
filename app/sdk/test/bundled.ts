import { resolve } from "node:path";
import { build } from "esbuild";

const SDK = resolve(__dirname, "..");

/** The project's files that end up in a minified bundle of `code`, by their bytes there. */
export async function bundled(code: string): Promise<Record<string, number>> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: SDK },
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    metafile: true,
    external: ["@solana/*", "@metaplex-foundation/*", "@noble/*", "bs58"],
    absWorkingDir: resolve(SDK, ".."),
    logLevel: "silent",
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return Object.fromEntries(
    inputs.flatMap(([file, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [[file, bytesInOutput]] : [],
    ),
  );
}
/** Bytes of all of them. */
export const total = (files: Record<string, number>) =>
  Object.values(files).reduce((a, b) => a + b, 0);
