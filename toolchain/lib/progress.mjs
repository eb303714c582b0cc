// Numbered steps with a live line below: rewritten in place on a terminal, every so often in a log.

const QUIET_SECONDS = 20; // between two lines of a log that nobody may be watching

const clock = (ms) => {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

export class Progress {
  #started = Date.now();
  #step = 0;

  /** @param {number} steps how many are planned, to number them */
  constructor(steps) {
    this.steps = steps;
  }

  /** A line of its own under the running step. */
  note(text) {
    process.stdout.write(`      ${text}\n`);
  }

  /** Counts a step that had nothing to do. */
  skip(title, why = "up to date") {
    this.#step += 1;
    process.stdout.write(`[${this.#step}/${this.steps}] ${title}: ${why}\n`);
  }

  /**
   * @param {string} title what is done
   * @param {string} about how long it takes, roughly
   * @param {(say: (line: string) => void) => Promise<T>} work gets a function that shows one line
   * @template T
   */
  async step(title, about, work) {
    this.#step += 1;
    const start = Date.now();
    process.stdout.write(`[${this.#step}/${this.steps}] ${title} (about ${about})\n`);
    const live = process.stdout.isTTY ? this.#terminal(start) : this.#log(start);
    try {
      const result = await work(live.say);
      live.end();
      process.stdout.write(`      done in ${clock(Date.now() - start)}\n`);
      return result;
    } catch (error) {
      live.end();
      throw error;
    }
  }

  elapsed() {
    return clock(Date.now() - this.#started);
  }

  #terminal(start) {
    let last = "";
    const draw = () => {
      const width = (process.stdout.columns ?? 80) - 1;
      const text = `      … ${clock(Date.now() - start)}  ${last}`.slice(0, width);
      process.stdout.write(`\r\x1b[2K${text}`);
    };
    const timer = setInterval(draw, 250);
    return {
      say: (line) => {
        last = line;
      },
      end: () => {
        clearInterval(timer);
        process.stdout.write("\r\x1b[2K");
      },
    };
  }

  #log(start) {
    let last = "";
    const print = () => {
      process.stdout.write(`      … ${clock(Date.now() - start)}  ${last.slice(0, 100)}\n`);
    };
    const timer = setInterval(print, QUIET_SECONDS * 1000);
    return {
      say: (line) => {
        last = line;
      },
      end: () => clearInterval(timer),
    };
  }
}
