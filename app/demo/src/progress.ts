import { count, tokens } from "./summary";

/** What the progress line tells. */
export interface Progress {
  stage: string;
  /** Share of the stage that is done, 0 to 1. */
  share: number;
  settled?: number;
  payments?: number;
  /** Settled value, base units. */
  value?: number;
  transactions: number;
}

/** Where progress goes: one line that is rewritten on a terminal, else a line now and then. */
export interface Reporter {
  report(progress: Progress): void;
  /** Ends the line, so that other text can follow. */
  end(): void;
}

const TERMINAL_MS = 100;
const LOG_MS = 2_000;
const BAR = 12;

function lineOf({ progress, seconds }: { progress: Progress; seconds: number }): string {
  const { stage, share, settled, payments, value, transactions } = progress;
  const done = Math.round(Math.min(1, share) * BAR);
  const bar = "#".repeat(done).padEnd(BAR, ".");
  const parts = [`${stage.padEnd(10)} [${bar}]`];
  if (settled !== undefined && payments !== undefined) {
    parts.push(`${count(settled)}/${count(payments)} settled`);
  }
  if (value !== undefined) parts.push(`${tokens(value).slice(0, -4)} tokens`);
  parts.push(`${count(transactions)} tx`, `${seconds.toFixed(1)} s`);
  return parts.join("  ");
}

/** Reports to a stream, normally standard error: standard output is for the result. */
export function createReporter(stream: NodeJS.WriteStream): Reporter {
  const began = performance.now();
  const terminal = stream.isTTY === true;
  let last = Number.NEGATIVE_INFINITY;
  let stage = "";
  let open = false;
  return {
    report(progress) {
      const now = performance.now();
      const changed = progress.stage !== stage;
      const due = changed || progress.share >= 1;
      if (!due && now - last < (terminal ? TERMINAL_MS : LOG_MS)) return;
      last = now;
      stage = progress.stage;
      const line = lineOf({ progress, seconds: (now - began) / 1000 });
      if (terminal) {
        // Erase the old line; cut to the width, as a wrapped line cannot be rewritten.
        stream.write(`\r\u001B[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
        open = true;
      } else stream.write(`${line}\n`);
    },
    end() {
      if (open) stream.write("\n");
      open = false;
    },
  };
}
