// Kills real keeper processes at random moments and proves that nothing is lost or paid twice:
//   npm run crash -- --runs 200 --seed 1
import { parseArgs } from "node:util";
import { crashKeepers } from "../test/support/crash/campaign";
import { PHASES } from "../test/support/crash/phases";

/** So many kills must have hit every phase. */
const ENOUGH = 100;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "200" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
      lanes: { type: "string", default: "3" },
    },
  });
  const [runs, seed, atOnce] = [values.runs, values.seed, values.lanes].map(wholeNumber) as [
    number,
    number,
    number,
  ];
  const startedAt = performance.now();
  const seconds = (): string => ((performance.now() - startedAt) / 1_000).toFixed(0);
  let killed = 0;
  const result = await crashKeepers({
    runs,
    seed,
    atOnce,
    onKill() {
      killed += 1;
      if (killed % 10 === 0) say(`${killed} of ${runs} kills, ${seconds()} s`);
    },
  });
  for (const phase of PHASES) say(`  ${phase}: ${result.kills.get(phase) ?? 0}`);
  say(`${result.acknowledged} vouchers acknowledged, ${result.feeLamports} lamports of fees`);
  say(`${result.tightCaps} runs against the hourly cap, ${result.overspent.length} above it`);
  say(`${killed} kills, ${result.lost.length} vouchers lost, ${result.unequal.length} paid twice`);
  const missed = PHASES.filter((phase) => runs >= ENOUGH && !result.kills.has(phase));
  const wrong = [
    ...result.lost,
    ...result.unequal,
    ...result.overspent,
    ...missed.map((phase) => `no kill hit the phase "${phase}"`),
  ];
  if (wrong.length === 0) return;
  say(`seed ${seed}\n${wrong.join("\n")}`);
  process.exitCode = 1;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`expected a whole number above 0, found "${text}"`);
  return Number(text);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

main().catch((error) => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exitCode = 1;
});
