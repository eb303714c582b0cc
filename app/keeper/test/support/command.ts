import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { until } from "./until";

const MAIN = join(__dirname, "../../src/main.ts");

/** What a process has written so far, and its exit code once it has ended. */
export interface Ended {
  code: number | null;
  out: string;
  errors: string;
}

/** Starts the keeper's command line. */
export const startCommand = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, ["-r", "tsx/cjs", MAIN, ...args], {
    env: { ...process.env, ...environment },
  });

/** Gathers what a process writes, from now on. */
export function collect(child: ChildProcessWithoutNullStreams): Ended {
  const ended: Ended = { code: null, out: "", errors: "" };
  child.stdout.on("data", (data) => {
    ended.out += data;
  });
  child.stderr.on("data", (data) => {
    ended.errors += data;
  });
  return ended;
}

/** Runs the command line to its end. */
export async function runCommand(
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Ended> {
  const child = startCommand(args, environment);
  const ended = collect(child);
  [ended.code] = (await once(child, "close")) as [number | null];
  return ended;
}

/** The address of the intake, or of the operations, once the keeper has said that it listens. */
export const listening = (
  ended: Ended,
  which: "intakeUrl" | "operationsUrl" = "intakeUrl",
): Promise<string> =>
  until("the keeper listens", () => new RegExp(`"${which}":"([^"]+)"`).exec(ended.out)?.[1]);
