// The suites of the programs, run on one mutant after another by worker processes.
import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { REPO } from "../../toolchain/lib/config.mjs";
import { filesOf } from "../../toolchain/lib/files.mjs";
import { Stop } from "../../toolchain/lib/stop.mjs";

const WORKER = join(dirname(fileURLToPath(import.meta.url)), "worker.cjs");
const { localnet } = parse(readFileSync(join(REPO, "Anchor.toml"), "utf8")).programs;
const FOLDERS = [...Object.keys(localnet).map((program) => `tests/${program}`), "tests/invariants"];
/** Left out: those that read names and sources and run no program; one counts units, which the switch costs. */
const LEFT_OUT = /\/(coverage|attacks\/ids|attacks\/limits)\.test\.ts$/;
/** A worker is replaced after so many mutants: machines of worlds gone by take memory. */
const MUTANTS_EACH = 60;

export const TEST_FILES = FOLDERS.flatMap((folder) => filesOf(REPO, folder)).filter(
  (file) => file.endsWith(".test.ts") && !LEFT_OUT.test(file),
);

/** Where the code that several instructions share is tested first; an instruction has its own file. */
const RELATED = {
  "common/authority.rs": ["authority"],
  "common/governance/handover.rs": ["authority"],
  "common/governance/limits.rs": ["set_mint_policy", "open_book"],
  "common/hot/input.rs": ["forged-claims", "claim", "settle"],
  "common/hot/transfer.rs": ["claim", "token-accounts"],
  "common/ed25519.rs": ["binding", "layout", "signatures"],
  "common/extensions.rs": ["set_mint_policy", "token-extensions", "open_book"],
  "common/rent.rs": ["reserve_lines", "add_line"],
  "common/token.rs": ["claim_many", "collect_fees", "open_book", "wrapped-sol", "token-accounts"],
  "math/fee.rs": ["claim", "collect_fees"],
  "math/line.rs": ["claim", "settle"],
  "math/pool.rs": ["distribute", "pool-index"],
  "math/share.rs": ["collect_fees"],
  "math/stream.rs": ["claim", "fund_line", "set_rate"],
  "hot/book.rs": ["impossible-states", "forged-settles", "settle", "claim"],
  "hot/claim.rs": ["forged-claims", "impossible-states", "claim", "claim.differential"],
  "hot/mod.rs": ["forged-settles", "forged-claims"],
  "hot/settle.rs": ["forged-settles", "settle", "layout", "settle.differential"],
  "state/book.rs": ["claim", "refund", "deposit", "settle", "set_voucher_signer", "replay"],
  "state/ledger.rs": ["settle", "add_line"],
  "state/line.rs": ["claim", "settle", "fund_line", "close_line", "remove_line", "set_rate"],
  "state/mint_policy.rs": ["set_mint_policy", "token-extensions"],
  "state/pool.rs": ["distribute", "set_units", "claim_member", "close_member"],
  "state/voucher.rs": ["settle", "settle_many", "forged-settles"],
};

/**
 * What to run on a mutant: of each file the tests that reach its check, those first that are named
 * after the code, then the quickest. `last` found it the last time.
 */
export function planFor({ file, check }, tests, last) {
  const place = file.replace(/^(?!common\/|math\/)\w+\//, "");
  const named = RELATED[place] ?? [basename(file, ".rs"), "authority", "constraints", "events"];
  const rank = (path) => {
    if (path === last) return -1;
    const at = named.indexOf(basename(path, ".test.ts"));
    return at < 0 ? named.length : at;
  };
  const files = new Map();
  for (const { file: path, test, seconds, checks } of tests) {
    if (!checks.has(check)) continue;
    const one = files.get(path) ?? { file: path, tests: [], seconds: 0 };
    one.tests.push(test);
    one.seconds += seconds;
    files.set(path, one);
  }
  return [...files.values()].sort(
    (a, b) => rank(a.file) - rank(b.file) || a.seconds - b.seconds || a.file.localeCompare(b.file),
  );
}

/** Every test there is. */
export const ALL = TEST_FILES.map((file) => ({ file, tests: null }));

/** One process with its own copy of the programs in a folder. */
export class Worker {
  #child;
  #ran = 0;
  #folder = mkdtempSync(join(tmpdir(), "pinfi-mutants-"));

  constructor(programs) {
    this.programs = programs;
  }

  /** The first test of the plan that fails under a mutant (0: none), or null. */
  async run(number, plan) {
    const absolute = plan.map(({ file, tests }) => ({ file: join(REPO, file), tests }));
    const { found } = await this.#ask({ number, plan: absolute }, `the tests of mutant ${number}`);
    return found && { ...found, file: relative(REPO, found.file) };
  }

  /** Which checks each test reaches, and how long it takes. */
  async trace() {
    const files = TEST_FILES.map((file) => join(REPO, file));
    const { tests } = await this.#ask({ trace: files }, "tracing");
    return tests.map((one) => ({
      ...one,
      file: relative(REPO, one.file),
      checks: new Set(one.checks),
    }));
  }

  #ask(message, what) {
    if (this.#ran >= MUTANTS_EACH) this.#stop();
    this.#child ??= this.#start();
    this.#ran += 1;
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const died = (code) => reject(new Stop(`${what} ended with ${code}`));
      child.once("exit", died);
      child.once("message", (answer) => {
        child.off("exit", died);
        resolve(answer);
      });
      child.send(message);
    });
  }

  close() {
    this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #start() {
    mkdirSync(this.#folder, { recursive: true });
    this.#ran = 0;
    return fork(WORKER, {
      cwd: REPO,
      execArgv: ["--require", "ts-node/register/transpile-only"],
      // What a test prints is of no interest here.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: {
        ...process.env,
        PINFI_PROGRAMS: this.#folder,
        PINFI_MUTANTS_PROGRAMS: this.programs,
        PINFI_SEED: "1", // the same inputs each time
      },
    });
  }

  #stop() {
    this.#child?.disconnect();
    this.#child = undefined;
  }
}
