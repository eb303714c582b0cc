// Runs a command: its output goes to a log file and, line by line, to whoever follows the progress.
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { CACHE } from "./config.mjs";
import { causeOf, Stop } from "./stop.mjs";

const TAIL = 40;
const running = new Set();

// /usr/sbin holds chroot, and is not on every user's PATH.
process.env.PATH = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;

// A stopped run leaves nothing working behind its back.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    for (const child of running) child.kill("SIGTERM");
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}

/**
 * @param {string[]} argv
 * @param {{ cwd?: string, env?: Record<string, string>, log: string, say?: (line: string) => void,
 *   input?: string, what?: string }} options `log` names a file in the cache's logs folder; `what`
 *   names the job in the message of a failure.
 * @returns {Promise<string>} what the command wrote to stdout
 */
export function run(argv, { cwd, env, log, say = () => {}, input, what = argv[0] }) {
  const logs = join(CACHE, "logs");
  mkdirSync(logs, { recursive: true });
  const file = join(logs, `${log}.log`);
  const tail = [];
  let stdout = "";
  appendFileSync(file, `\n$ ${argv.join(" ")}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { cwd, env: env ?? process.env, stdio: "pipe" });
    running.add(child);
    let rest = "";
    const take = (chunk) => {
      appendFileSync(file, chunk);
      const lines = (rest + chunk).split(/\r?\n|\r/);
      rest = lines.pop() ?? "";
      for (const line of lines.filter((text) => text.trim())) {
        say(line.trim());
        tail.push(line);
        if (tail.length > TAIL) tail.shift();
      }
    };
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      stdout += chunk;
      take(chunk);
    });
    child.stderr.setEncoding("utf8").on("data", take);
    child.stdin.on("error", () => {}); // a command that ends without reading its input is no fault
    child.stdin.end(input ?? "");
    child.on("error", (error) => {
      running.delete(child);
      reject(new Stop(`${argv[0]} cannot be run (${error.code ?? error.message})`));
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      if (code === 0) return resolve(stdout);
      if (rest) tail.push(rest);
      const output = tail.join("\n");
      process.stderr.write(`\n${output}\n`);
      const cause = causeOf(output);
      reject(
        new Stop(
          `${what} failed (${signal ?? `exit ${code}`})${cause ? `: ${cause}` : ""}; log: ${file}`,
        ),
      );
    });
  });
}

/** Whether a command runs to its end without a fault, and what it printed. For probes: no log. */
export function attempt(argv, options = {}) {
  const result = spawnSync(argv[0], argv.slice(1), { encoding: "utf8", ...options });
  const ok = result.status === 0 && !result.error;
  return { ok, out: (result.stdout ?? "").trim(), err: (result.stderr ?? "").trim() };
}
