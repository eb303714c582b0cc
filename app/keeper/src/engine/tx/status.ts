import type { Logger } from "pino";
import type { Chain, SignatureStatus } from "../chain/chain";

/** Asks for the statuses of all transactions under way together. */
export interface StatusWatch {
  /** The status once it is settled; undefined when the signal aborts first. */
  settled(args: { signature: string; signal: AbortSignal }): Promise<SignatureStatus | undefined>;
  /** Asks at once instead of at the next poll: something has just been sent. */
  poke(): void;
}

export function createStatusWatch(args: {
  chain: Chain;
  pollMs: number;
  log: Logger;
}): StatusWatch {
  const { chain, pollMs, log } = args;
  const watched = new Map<string, (status: SignatureStatus | undefined) => void>();
  let poked = false;
  let running = false;
  let wake = (): void => {};

  const ask = async (): Promise<void> => {
    const signatures = [...watched.keys()];
    try {
      const statuses = await chain.statuses({ signatures });
      for (const [index, signature] of signatures.entries()) {
        const status = statuses[index];
        if (status?.settled) watched.get(signature)?.(status);
      }
    } catch (error) {
      // The next poll asks again; who waits has a time limit of its own.
      log.warn({ error: (error as Error).message }, "statuses not read");
    }
  };

  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const poll = async (): Promise<void> => {
    while (watched.size > 0) {
      poked = false;
      await ask();
      if (!poked && watched.size > 0) await rest();
    }
    running = false;
  };

  return {
    settled({ signature, signal }) {
      return new Promise((resolve) => {
        const finish = (status: SignatureStatus | undefined): void => {
          watched.delete(signature);
          signal.removeEventListener("abort", give);
          resolve(status);
        };
        const give = (): void => finish(undefined);
        if (signal.aborted) return resolve(undefined);
        signal.addEventListener("abort", give);
        watched.set(signature, finish);
      });
    },
    poke() {
      poked = true;
      wake();
      if (running) return;
      running = true;
      // Transactions handed over in the same turn are asked for together.
      setImmediate(() => void poll());
    },
  };
}
