import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { freshFolder } from "../folder";
import { until } from "../until";

const ROOT = join(__dirname, "../../../../..");

/**
 * The keeper's command line as one file, which starts in a third of the time that tsx takes. Its
 * bulk thread is a file beside it, as in the package.
 */
export function bundleKeeper(): string {
  const outdir = freshFolder();
  const sources = join(ROOT, "app/keeper/src");
  buildSync({
    entryPoints: {
      keeper: join(sources, "main.ts"),
      thread: join(sources, "programs/streams/bulk/thread-main.ts"),
    },
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    // Native, and what bundled threads have no use for: found at run time.
    external: ["libsql", "sodium-native"],
    logLevel: "error",
  });
  return join(outdir, "keeper.cjs");
}

/** A keeper in a process of its own. */
export interface KeeperProcess {
  /** Where vouchers are posted; rejects when the process ends before it listens. */
  listening: Promise<string>;
  /** All it has written so far. */
  output(): string;
  /** SIGKILL, and wait for the end. */
  kill(): Promise<void>;
  /** SIGTERM, and wait: the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `keeper run`, on a file or on defaults; environment variables (`settings`) override it. */
export function startKeeperProcess(args: {
  bundle: string;
  config?: string;
  settings: Readonly<Record<string, string>>;
}): KeeperProcess {
  const { bundle, config } = args;
  const options = config === undefined ? [] : ["--config", config];
  const child: ChildProcess = spawn(process.execPath, [bundle, "run", ...options], {
    env: { ...process.env, NODE_PATH: join(ROOT, "node_modules"), ...args.settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (data) => {
      written += data;
    });
  }
  let over = false;
  const ended = once(child, "close").then(([code]) => {
    over = true;
    return code as number | null;
  });
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  const listening = until("the keeper listens", () => {
    if (over) throw new Error(`the keeper ended: ${written}`);
    return /"intakeUrl":"([^"]+)"/.exec(written)?.[1];
  });
  // It may be killed before anybody asks.
  listening.catch(() => undefined);
  return {
    listening,
    output: () => written,
    kill: async () => void (await end("SIGKILL")),
    stop: () => end("SIGTERM"),
  };
}
